import CommandLine
import ComputeOptions
import Preparation
import Tensors

import class Kernels.ThreadTeam

@main
enum Augment {
  struct Values {
    var common = CommonOptions()
    var request = AugmentRequest()
    var repetitions: Int?
    var turns = false
  }

  static func main() {
    Tool<Values>(
      "nn-augment", purpose: "change images at random, to train on more than there are",
      examples: [
        "nn-augment --shape 8x8 --shift 1 --rotate 10 train.st -o large.st",
        "nn-augment --shape 8x8 --flip --repeat 9 train.st | nn-train init.st - > m.st",
      ],
      notes: [
        "Only data of role train, or without a role, is changed. What is done to a row depends on the seed, the "
          + "repetition and the row's number alone."
      ],
      defaults: Values(), options: geometry + values + rows + common, run: run
    ).main()
  }

  private static var geometry: [Option<Values>] {
    let options: [Option<Values>] = [
      .flag("flip", \.request.flips, "mirror every other image left to right, at random"),
      .flag("flip-vertical", \.request.flipsVertically, "mirror every other image top to bottom, at random"),
      .parsed("rotate", value: "DEGREES", \.request.rotation, "turn by up to so much to either side") {
        (text) throws(Failure) in try number(text, upTo: 180)
      },
      .parsed("scale", value: "X", \.request.scale, "change the size by a factor from 1 - X to 1 + X") {
        (text) throws(Failure) in try Numbers.number(text, in: .belowOne)
      },
      .parsed("shift", value: "PIXELS", \.request.shift, "shift by up to so much in each direction") {
        (text) throws(Failure) in try number(text, upTo: 65536)
      },
      .integer(
        "crop", value: "PIXELS", in: 0...65536, \.request.crop, "pad by so many whole pixels, and cut out again"),
      .parsed("fill", value: "X", \.request.fill, "the value of what is beyond the border or cut out (default 0)") {
        (text) throws(Failure) in try Numbers.number(text, in: .any)
      },
    ]
    return options.map { $0.under("Geometry") }
  }

  private static var values: [Option<Values>] {
    let options: [Option<Values>] = [
      .number("brightness", in: .notNegative, \.request.brightness, "multiply by 1 - X to 1 + X"),
      .number("contrast", in: .notNegative, \.request.contrast, "multiply the difference from the mean grey likewise"),
      .number("saturation", in: .notNegative, \.request.saturation, "multiply the difference from each grey likewise"),
      .number("noise", value: "STD", in: .notNegative, \.request.noise, "add normal noise of this standard deviation"),
      .integer("cutout", value: "PIXELS", in: 0...65536, \.request.cutout, "fill a square of this side"),
      .number("mixup", value: "ALPHA", in: .positive, \.request.mixup, "blend with another row, by Beta(ALPHA, ALPHA)"),
    ]
    return options.map { $0.under("Values") }
  }

  private static var rows: [Option<Values>] {
    let options: [Option<Values>] = [
      .integer("repeat", in: 1...1_000_000, \.repetitions, "write the data N times, each changed anew: N epochs"),
      .flag("turns", \.turns, "each image four times, turned by 0 to 270 degrees, which is its class"),
      .parsed("shape", value: "HxW", \.request.shape, "height and width (and xC, channels) of flat rows") {
        (text) throws(Failure) in try ImageShape(parsing: text)
      },
    ]
    return options.map { $0.under("Rows") }
  }

  private static var common: [Option<Values>] {
    [
      .output(\.common, "the file; '{role}' in its name stands for each part's role"), .seed(\.common),
      .threads(\.common), .cpu(\.common), .quiet(\.common),
    ]
  }

  private static func number(_ text: String, upTo limit: Double) throws(Failure) -> Double {
    let value = try Numbers.number(text, in: .notNegative)
    guard value <= limit else { throw .usage("a number from 0 to \(Numbers.text(limit)) is due") }
    return value
  }

  private static func run(_ values: Values, operands: [String]) throws {
    var request = values.request
    request.seed = values.common.seed
    guard !request.isEmpty || values.repetitions != nil || values.turns else {
      throw Failure.usage("nothing to do: give --flip, --shift, --rotate, --brightness or another change")
    }
    let output = try FrameOutput(path: values.common.output)
    var common = values.common
    // The program behind the pipe works at the same time.
    if values.repetitions != nil, output.isStream { common.threads = common.threads ?? 1 }
    let team = try common.threadTeam()
    let frames = try FrameInput(operands: operands, team: team)
    let input = { () throws(Failure) -> Frame? in
      guard let frame = try frames.next(.data) else { return nil }
      return values.turns ? try Turning.turned(frame, shape: request.shape) : frame
    }
    let augmenter = Augmenter(request, team: team)
    if request.mixup == nil, values.repetitions == nil {
      try filter(input, augmenter, output, isQuiet: values.common.isQuiet)
    } else {
      try repeated(input, augmenter, request, values, output)
    }
    try output.finish()
  }

  /// Frame by frame, as they come.
  private static func filter(
    _ input: () throws(Failure) -> Frame?, _ augmenter: Augmenter, _ output: FrameOutput, isQuiet: Bool
  ) throws(Failure) {
    var first = 0
    var idleRole: String?
    while let frame = try input() {
      guard frame.isForTraining else {
        idleRole = frame.metadata[Metadata.role]
        try output.write(frame)
        continue
      }
      let rows = try frame.checkData()
      try output.write(try augmenter.augment(frame, rows: 0..<rows, first: first, epoch: 0))
      first += rows
    }
    if first == 0, let idleRole {
      Message.warn("nothing is changed: the rows have role \(idleRole), and those to train with are", quiet: isQuiet)
    }
  }

  /// Bytes of a frame: they stay in the cache until they are in the pipe, and the memory serves the next frame.
  private static let frameBytes = 1 << 19

  /// Everything is read, and the training rows are written as often as they are asked for, in small frames; rows of other roles come before them, as they are.
  private static func repeated(
    _ input: () throws(Failure) -> Frame?, _ augmenter: Augmenter, _ request: AugmentRequest, _ values: Values,
    _ output: FrameOutput
  ) throws(Failure) {
    var part: DataPart?
    while let frame = try input() {
      if !frame.isForTraining {
        try output.write(frame)
      } else if part == nil {
        part = try DataPart(frame)
      } else {
        try part?.append(frame)
      }
    }
    guard let part else { throw .input("no training rows among the inputs: nothing to augment") }
    for epoch in 0..<(values.repetitions ?? 1) {
      let blending = try Blending(request, part, epoch: epoch)
      var index = 0
      for (number, frame) in part.frames.enumerated() {
        let x = try frame.tensor("x")
        let rows = x.rows
        let size = max(1, frameBytes / max(1, x.rowCount * x.type.width))
        var start = 0
        repeat {
          let range = start..<min(start + size, rows)
          var piece = try augmenter.augment(
            frame, rows: range, first: part.starts[number], epoch: epoch, blending: blending)
          if index > 0 { piece.removePreparation() }
          start = range.upperBound
          piece.index = index
          piece.isLast = number == part.frames.count - 1 && start == rows
          // In a file the repetitions are rows of one data set.
          if let repetitions = values.repetitions, output.isStream {
            piece.metadata[Metadata.epoch] = String(epoch)
            piece.metadata[Metadata.epochs] = String(repetitions)
          }
          try output.write(piece)
          index += 1
        } while start < rows
      }
    }
  }
}

extension Frame {
  /// Whether rows are to learn from, and not to judge by.
  fileprivate var isForTraining: Bool { ["train", nil].contains(metadata[Metadata.role]) }

  /// Takes out what stands in the first frame of a segment only.
  fileprivate mutating func removePreparation() { tensors = tensors.filter { !$0.key.hasPrefix("prep.") } }
}
