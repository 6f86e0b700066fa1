import CommandLine
import ComputeOptions
import Preparation
import Tensors

import class Kernels.ThreadTeam

@main
enum Prep {
  struct Values {
    var common = CommonOptions()
    var fit = FitRequest()
    var per: FitRequest.Per?
    var isWhitened = false
    var isZCA = false
    var like: String?
    var save: String?
    var isInverse = false
  }

  static func main() {
    Tool<Values>(
      "nn-prep", purpose: "center, scale, decorrelate and whiten data, and record how",
      examples: [
        "nn-prep --center --scale train.st -o prepared.st",
        "nn-prep --center --scale train.st | nn-train init.st - -o model.st",
        "nn-prep --like model.st test.st -o test-prepared.st",
      ],
      notes: [
        "Everything is fitted on the rows of role train, or on those without a role, and applied to all. The record "
          + "travels with the data into the model, so that nn-predict prepares raw data by itself."
      ],
      defaults: Values(), options: stages + records + common, run: run
    ).main()
  }

  private static var stages: [Option<Values>] {
    let options: [Option<Values>] = [
      .flag("center", \.fit.centers, "subtract the mean"),
      .flag("scale", \.fit.scales, "divide by the standard deviation"),
      .flag("minmax", \.fit.minmax, "map the least value to 0 and the greatest to 1"),
      .parsed(
        "per", value: "WHAT", \.per, "what has a mean of its own: feature (the default), channel or all",
        completion: .words(FitRequest.Per.allCases.map(\.rawValue))
      ) { (text) throws(Failure) in
        guard let value = FitRequest.Per(rawValue: text) else {
          throw .usage(Nearest.unknown(text, among: FitRequest.Per.allCases.map(\.rawValue)))
        }
        return value
      },
      .flag("flatten", \.fit.flattens, "make each row one dimension"),
      .parsed("pca", value: "K", \.fit.components, "keep K principal components, or a share of variance below 1") {
        (text) throws(Failure) in try ComponentCount(parsing: text)
      },
      .flag("whiten", \.isWhitened, "divide principal components by their standard deviation"),
      .flag("zca", \.isZCA, "whiten, and turn back to the axes of the data"),
      .number(
        "epsilon", value: "E", in: .notNegative, \.fit.epsilon,
        "added to the variances that whitening divides by (default 0; for --zca 1e-5 of the greatest)"),
    ]
    return options.map { $0.under("Stages") }
  }

  private static var records: [Option<Values>] {
    let options: [Option<Values>] = [
      .file(
        "like", \.like, "apply the record in this prepared data, model or preparation", completion: .tensorFiles),
      .flag("inverse", \.isInverse, "restore data from its record, or from that of --like"),
      .file("save", \.save, "write the record alone to a file", completion: .tensorFiles),
    ]
    return options.map { $0.under("Records") }
  }

  private static var common: [Option<Values>] {
    let options: [Option<Values>] = [
      .output(\.common, "the file; '{role}' in its name stands for each part's role"), .threads(\.common),
      .cpu(\.common),
      .verbose(\.common, "tell what was fitted"), .quiet(\.common),
    ]
    return options
  }

  private static func run(_ values: Values, operands: [String]) throws {
    let request = try request(values, operands)
    if let save = values.save { try ByteSink.check(path: save) }
    let output = try FrameOutput(path: values.common.output)
    let team = try values.common.threadTeam()
    let source = try values.like.map { path in try Prep.record(in: path) }
    let record = source?.record
    if let source, let save = values.save { try Prep.save(source.record, of: source.frame, to: save) }
    let input = try FrameInput(operands: operands, team: team)
    if values.isInverse {
      try undo(input, record, output, team)
    } else if let source {
      while let frame = try input.next(.data) {
        try frame.checkFeatures(like: source.frame)
        try output.write(try prepare(frame, for: source.record, team: team, isWritten: true))
      }
    } else {
      try fit(request, input, output, values, team)
    }
    try output.finish()
  }

  /// What to fit, held to the rules that one option alone cannot see.
  private static func request(_ values: Values, _ operands: [String]) throws(Failure) -> FitRequest {
    var request = values.fit
    if values.isWhitened { request.whitening = .pca }
    if values.isZCA { request.whitening = .zca }
    guard !values.isWhitened || !values.isZCA else { throw .usage("--whiten and --zca exclude each other") }
    guard !request.scales || !request.minmax else { throw .usage("--scale and --minmax exclude each other") }
    guard !request.centers || !request.minmax else { throw .usage("--center and --minmax exclude each other") }
    if request.epsilon != nil, request.whitening == .none { throw .usage("--epsilon needs --whiten or --zca") }
    if let per = values.per {
      guard request.centers || request.scales || request.minmax else {
        throw .usage("--per needs --center, --scale or --minmax")
      }
      request.per = per
    }
    if values.like != nil || values.isInverse {
      let option = values.like != nil ? "--like" : "--inverse"
      guard request.isEmpty else { throw .usage("\(option) and options of stages exclude each other") }
    } else if request.isEmpty {
      throw .usage("nothing to do: give --center, --scale, --minmax, --flatten, --pca, --whiten, --zca or --like")
    }
    if values.isInverse, values.save != nil { throw .usage("--inverse and --save exclude each other") }
    if values.like == "-", FrameInput.readsStandardInput(operands) {
      throw .usage("--like -: standard input is read for the data")
    }
    return request
  }

  /// The record in the first frame of a file, and that frame.
  private static func record(in path: String) throws(Failure) -> (record: Preparation, frame: Frame) {
    guard let frame = try FrameInput(operands: [path]).next(.data, .model, .prep) else {
      throw .input("\(path): empty")
    }
    guard let record = try Preparation(frame: frame) else {
      throw .input("\(frame.place): holds \(frame.phrase) without a preparation")
    }
    return (record, frame)
  }

  /// Writes a record alone, with the names of the columns it was fitted on.
  private static func save(_ record: Preparation, of source: Frame?, to path: String) throws(Failure) {
    let file = try FrameOutput(path: path)
    var frame = record.frame
    frame.metadata[Metadata.features] = source?.metadata[Metadata.features]
    try file.write(frame)
    try file.finish()
  }

  private static func undo(
    _ input: FrameInput, _ given: Preparation?, _ output: FrameOutput, _ team: ThreadTeam
  ) throws(Failure) {
    var carried: Preparation?
    while let frame = try input.next(.data) {
      if frame.index == 0 { carried = try Preparation(frame: frame) }
      guard let record = given ?? carried else {
        let identity = frame.metadata[Metadata.prepared]
        throw .input(
          identity == nil
            ? "\(frame.place): the data is not prepared: there is nothing to undo"
            : "\(frame.place): the data does not hold the record of its preparation; give it with --like FILE")
      }
      try output.write(try restore(frame, from: record, team: team))
    }
  }

  private static func fit(
    _ request: FitRequest, _ input: FrameInput, _ output: FrameOutput, _ values: Values, _ team: ThreadTeam
  ) throws(Failure) {
    var frames: [Frame] = []
    while let frame = try input.next(.data) { frames.append(frame) }
    let fitted = try FittedPreparation(request, on: frames, team: team)
    if values.common.isVerbose {
      Message.write("fitted on \(fitted.rows) rows: \(fitted.preparation.identity)")
      if let (count, share) = fitted.components {
        let percent = (share * 10000).rounded() / 100
        Message.write("\(count) components keep \(percent) % of the variance")
      }
    }
    if let save = values.save { try Prep.save(fitted.preparation, of: frames.first, to: save) }
    for i in frames.indices {
      try output.write(try fitted.apply(to: frames[i], team: team))
      frames[i].tensors = [:]  // what is written need not be kept
    }
  }
}
