import CommandLine
import Interchange
import Tensors

import func Kernels.availableProcessors
import class Kernels.ThreadTeam

#if canImport(Glibc)
  import Glibc
#endif

@main
enum Import {
  struct Values {
    var common = CommonOptions()
    var settings = ImportSettings()
    var like: String?
    /// The header as a switch; it is guessed when the switch is not given.
    var hasHeader: Bool {
      get { settings.table.hasHeader ?? true }
      set { settings.table.hasHeader = newValue }
    }
  }

  static func main() {
    Tool<Values>(
      "nn-import", purpose: "turn outside files into data",
      examples: [
        "nn-import train-images.gz train-labels.gz -o train.st",
        "nn-import --label digit digits.csv.gz | nn-show",
        "nn-import --size 32x32 --channels 3 photos/ -o photos.st",
      ],
      notes: [
        "Read are IDX (MNIST) files, CSV and TSV, LIBSVM text, .npy and .npz, PNG, PGM and PPM images, told apart by "
          + "their content, each compressed by gzip or not. Several tables with the same columns are the rows of one "
          + "data set. A folder that holds a folder of images for each class is a data set."
      ],
      defaults: Values(), options: options,
      completion: .files(["csv", "tsv", "txt", "libsvm", "svm", "npy", "npz", "png", "pgm", "ppm", "gz"]), run: run
    ).main()
  }

  private static let tables = "Tables (COLUMN: a name or a number from 1)"
  private static let roles = ["train", "valid", "test"]

  private static var options: [Option<Values>] {
    [
      .flag("allow-nan", \.settings.table.allowsNotFinite, "take NaN and infinities as values"),
      .integer(
        "chunk", value: "ROWS", in: 1...Int.max, \.settings.chunk, "write frames of so many rows, not one frame of all"),
      .parsed(
        "classes", value: "LIST", \.settings.table.classes,
        "names of the classes 0, 1, ...: a,b,c or a file of one name a line", completion: .files
      ) { (text) throws(Failure) in try ClassNames.parse(text) },
      .parsed(
        "role", value: "ROLE", \.settings.role, "the part that the data is: train, valid or test",
        completion: .words(roles)
      ) { (text) throws(Failure) in
        guard roles.contains(text) else { throw .usage(Nearest.unknown(text, among: roles)) }
        return text
      },
      column("categories", \.settings.table.categories, "make one feature of each text in a column (repeatable)"),
      column("drop", \.settings.table.dropped, "leave a column out (repeatable)"),
      .text(
        "group", value: "COLUMN", \.settings.table.group, "the column of groups, whose rows nn-split keeps together"
      )
      .under(tables),
      .toggle("header", \.hasHeader, "whether the first row holds names (guessed by default)").under(tables),
      .integer(
        "features", value: "N", in: 1...ImportSettings.maximumFeatures, \.settings.features,
        "how many features there are, of which a file may lack the last"
      ).under("LIBSVM text"),
      .text("label", value: "COLUMN", \.settings.table.label, "the column of class labels ('' for none)").under(tables),
      .file("like", \.like, "make the features and classes of FILE, data or a model, of the columns").under(tables),
      .choice(
        "missing", value: "HOW", \.settings.table.missing, "missing values: refuse (default), drop the row, or mean"
      )
      .under(tables),
      .parsed(
        "separator", value: "CHAR", \.settings.table.separator, "comma, tab, semicolon, space or a character",
        completion: .words(["comma", "tab", "semicolon", "space"]), parse: separator
      ).under(tables),
      column("target", \.settings.table.targets, "a column of numbers to predict (repeatable)"),
      .parsed(
        "size", value: "HxW", \.settings.images.size, "cut each image to the aspect and resize it",
        parse: ImageSettings.parse(size:)
      ).under("Images"),
      .parsed(
        "channels", value: "N", \.settings.images.channels, "1 for grey, 3 for colours", completion: .words(["1", "3"])
      ) { (text) throws(Failure) in
        guard let count = Int(text), count == 1 || count == 3 else { throw .usage("1 or 3 is due") }
        return count
      }.under("Images"),
      .text("x", value: "NAME", \.settings.inputArray, "the array of inputs").under("Archives (.npz)"),
      .text("y", value: "NAME", \.settings.labelArray, "the array of labels or targets").under("Archives (.npz)"),
      .output(\.common, "write to a file instead of standard output"),
      .threads(\.common),
      .quiet(\.common),
    ]
  }

  private static func column(
    _ name: String, _ path: WritableKeyPath<Values, [String]>, _ summary: String
  ) -> Option<Values> {
    .repeated(name, value: "COLUMN", path, summary) { $0 }.under(tables)
  }

  private static func separator(_ text: String) throws(Failure) -> UInt8? {
    switch text {
    case "comma": return 0x2c
    case "tab", "\\t": return 9
    case "semicolon": return 0x3b
    case "space": return 0x20
    default:
      guard text.utf8.count == 1, let byte = text.utf8.first, byte == 9 || (byte >= 0x20 && byte < 0x7f),
        byte != UInt8(ascii: "\"")
      else { throw .usage("comma, tab, semicolon, space or one ASCII character is due") }
      return byte
    }
  }

  private static func run(_ values: Values, _ operands: [String]) throws {
    var settings = values.settings
    if let path = values.like {
      if path == "-", operands.isEmpty || operands.contains("-") {
        throw Failure.usage("--like -: standard input is read for the table")
      }
      guard let frame = try FrameInput(operands: [path]).next() else { throw Failure.input("\(path): no frame") }
      let known = try KnownColumns(of: frame)
      settings.table.like = known
      settings.table.classes = settings.table.classes ?? known.classes
    }
    let table = settings.table
    if table.label != nil, !table.targets.isEmpty { throw Failure.usage("--label and --target: give one of them") }
    let paths = operands.isEmpty ? ["-"] : operands
    let output = try FrameOutput(path: values.common.output)
    let team = ThreadTeam(threads: values.common.threads ?? availableProcessors())
    let summary = try Importer.run(paths, settings, team: team) { (frame) throws(Failure) in
      try output.write(frame)
    }
    try output.finish()
    if let warning = summary.warning { Message.warn(warning, quiet: values.common.isQuiet) }
    if !values.common.isQuiet { Message.write(summary.text) }
  }
}
