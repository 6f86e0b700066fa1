import CommandLine
import Preparation
import Tensors

@main
enum Split {
  struct Values {
    var common = CommonOptions()
    var request = SplitRequest()
    var role: Role?
    var only: [String]?
    var except: [String]?
    var keepsIds = false
    /// Whether groups were asked for by name, and are not only kept where there are any.
    var asksForGroups = false
    var keepsGroups: Bool {
      get { request.keepsGroups }
      set { (request.keepsGroups, asksForGroups) = (newValue, newValue) }
    }
    var folds: Int?
    var fold: Int?
    var foldRole: FoldRole?
    var shards: Int?
    var shard: Int?
  }
  enum Role: String, CaseIterable { case train, valid, test }
  enum FoldRole: String, CaseIterable { case valid, test }

  static func main() {
    Tool<Values>(
      "nn-split", purpose: "shuffle data and split it into parts by role",
      examples: [
        "nn-split --valid 0.1 --test 0.1 --seed 1 -o 'digits.{role}.st' digits.st",
        "nn-split --folds 5 --fold 1 digits.st | nn-train init.st - -o fold1.st",
      ],
      notes: [
        "The order of the steps: role, classes, shuffle, take, shard, fold, test, valid. The same seed gives the "
          + "same bytes."
      ],
      defaults: Values(),
      options: parts + rows + [.output(\.common, "the file; '{role}' in its name stands for each part's role")]
        + [.seed(\.common), .quiet(\.common)],
      run: run
    ).main()
  }

  private static var parts: [Option<Values>] {
    let options: [Option<Values>] = [
      size("valid", \.request.valid, "rows for validation: a share below 1, or a number of rows"),
      size("test", \.request.test, "rows for the test: a share below 1, or a number of rows"),
      .integer("folds", value: "K", in: 2...Int(Int32.max), \.folds, "deal the rows to K folds of equal size"),
      .integer("fold", value: "I", in: 1...Int(Int32.max), \.fold, "fold I, from 1, is held out"),
      role("fold-role", \.foldRole, "role of the fold: valid (the default) or test"),
      .flag(
        "bootstrap", \.request.isBootstrap, "draw the training rows with replacement; those never drawn are valid"),
    ]
    return options.map { $0.under("Parts") }
  }

  private static var rows: [Option<Values>] {
    let options: [Option<Values>] = [
      role("role", \.role, "use only the rows of this role: train, valid or test"),
      names("only", \.only, "use only these classes, separated by commas"),
      names("except", \.except, "use all classes but these, separated by commas"),
      .flag("keep-ids", \.keepsIds, "leave class ids as they are where classes are chosen"),
      .integer("take", in: 1...Int(Int32.max), \.request.take, "use only N rows"),
      .integer("shards", value: "K", in: 2...Int(Int32.max), \.shards, "deal the rows to K shards of equal size"),
      .integer("shard", value: "I", in: 1...Int(Int32.max), \.shard, "use only shard I, from 1"),
      .toggle("shuffle", \.request.isShuffled, "random order (the default)"),
      .toggle(
        "groups", \.keepsGroups, "keep the rows of a group together (the default where there are groups)"),
      .toggle("stratify", \.request.isStratified, "give each part its share of every class (the default)"),
    ]
    return options.map { $0.under("Rows") }
  }

  private static func size(
    _ name: String, _ path: WritableKeyPath<Values, PartSize?>, _ summary: String
  ) -> Option<Values> {
    .parsed(name, value: "SIZE", path, summary) { (text) throws(Failure) in
      try PartSize(parsing: text)
    }
  }

  private static func names(
    _ name: String, _ path: WritableKeyPath<Values, [String]?>, _ summary: String
  ) -> Option<Values> {
    .parsed(name, value: "CLASSES", path, summary) { (text) throws(Failure) in
      let names = text.split(separator: ",", omittingEmptySubsequences: false).map(String.init)
      guard !names.contains("") else { throw .usage("names of classes, separated by commas, are due") }
      return names
    }
  }

  private static func role<Value: RawRepresentable<String> & CaseIterable>(
    _ name: String, _ path: WritableKeyPath<Values, Value?>, _ summary: String
  ) -> Option<Values> {
    let words = Value.allCases.map(\.rawValue)
    return .parsed(name, value: "ROLE", path, summary, completion: .words(words)) { (text) throws(Failure) in
      guard let value = Value(rawValue: text) else { throw .usage(Nearest.unknown(text, among: words)) }
      return value
    }
  }

  private static func run(_ values: Values, operands: [String]) throws {
    let request = try request(values)
    let output = try FrameOutput(path: values.common.output)
    if request.roles.count > 1, !output.takesRoles {
      throw Failure.usage(
        "-o \(values.common.output ?? ""): the result has parts for \(request.roles.joined(separator: ", ")), and a "
          + "file holds one; write -o 'NAME.{role}.st', or a stream with >")
    }
    var parts = try DataPart.reading(try FrameInput(operands: operands))
    if let role = values.role {
      let found = parts.map { $0.role ?? "none" }.joined(separator: ", ")
      parts.removeAll { $0.role != role.rawValue }
      guard !parts.isEmpty else {
        throw Failure.input("no data of role '\(role.rawValue)' among the inputs; their roles: \(found)")
      }
    }
    if parts.count > 1, !request.roles.isEmpty {
      let found = parts.map { $0.role ?? "none" }.joined(separator: ", ")
      throw Failure.input("the data has parts already: \(found); choose one with --role")
    }
    for part in parts {
      if values.asksForGroups, try part.groups() == nil {
        throw Failure.input(
          "\(part.first.place): --groups: the data has no groups; nn-import --group COLUMN tells them")
      }
      let split = try RowSplit(part, request)
      for piece in split.parts { try output.write(try split.frame(piece)) }
    }
    try output.finish()
  }

  /// The request, held to the rules that one option alone cannot see.
  private static func request(_ values: Values) throws(Failure) -> SplitRequest {
    var request = values.request
    request.seed = values.common.seed
    request.fold = try deal("fold", values.fold, values.folds)
    request.shard = try deal("shard", values.shard, values.shards)
    if let role = values.foldRole {
      guard values.folds != nil else { throw .usage("--fold-role needs --folds") }
      request.foldRole = role.rawValue
    }
    if values.folds != nil, request.foldRole == "valid" ? request.valid != nil : request.test != nil {
      throw .usage("--\(request.foldRole) and a fold of role \(request.foldRole) exclude each other")
    }
    if request.isBootstrap, request.valid != nil || values.folds != nil && request.foldRole == "valid" {
      throw .usage(
        "--bootstrap makes the part valid of the rows that are not drawn; \(request.valid != nil ? "--valid" : "a fold of role valid") does not go with it"
      )
    }
    guard values.only == nil || values.except == nil else { throw .usage("--only and --except exclude each other") }
    if let names = values.only ?? values.except {
      request.classes = ClassFilter(names: names, isOnly: values.only != nil, keepsIds: values.keepsIds)
    } else if values.keepsIds {
      throw .usage("--keep-ids needs --only or --except")
    }
    return request
  }

  private static func deal(_ name: String, _ index: Int?, _ count: Int?) throws(Failure) -> Deal? {
    switch (index, count) {
    case (nil, nil): return nil
    case (let index?, let count?):
      guard index <= count else { throw .usage("--\(name) \(index): a whole number from 1 to \(count) is due") }
      return Deal(index: index, of: count)
    case (nil, _): throw .usage("--\(name)s needs --\(name) I")
    case (_, nil): throw .usage("--\(name) needs --\(name)s K")
    }
  }
}
