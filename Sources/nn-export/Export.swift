import CommandLine
import Interchange
import Tensors

@main
enum Export {
  struct Values {
    var common = CommonOptions()
    var format: Exporter.Format?
    var tensor: String?
    var pictures = PictureSettings()
  }

  static func main() {
    Tool<Values>(
      "nn-export", purpose: "turn frames into files for other programs",
      examples: [
        "nn-predict model.st test.st | nn-export -o predictions.csv",
        "nn-export model.st -o model.safetensors",
        "nn-export model.st -o model.onnx",
        "nn-split --take 100 digits.st | nn-export --shape 8x8 --zoom 4 -o sheet.png",
      ],
      notes: [
        "Without --format, the extension of -o decides: .csv, .tsv, .npy, .npz, .png, .onnx or .safetensors (state-dict); "
          + "without either, csv."
      ],
      defaults: Values(), options: options, run: run
    ).main()
  }

  private static var options: [Option<Values>] {
    let names = Exporter.Format.allCases.map(\.rawValue)
    return [
      .parsed(
        "format", short: "f", value: "FORMAT", \.format, "csv, tsv, npy, npz, state-dict, onnx or png",
        completion: .words(names)
      ) { (text) throws(Failure) in
        guard let format = Exporter.Format(rawValue: text) else { throw .usage(Nearest.unknown(text, among: names)) }
        return format
      },
      .text(
        "tensor", value: "NAME", \.tensor,
        "the tensor to write as npy (default: x of data, p or output of predictions), or a model's weights to show as png"
      ),
    ] + pictures + [
      .output(\.common, "write to a file instead of standard output", completion: .files),
      .quiet(\.common),
    ]
  }

  private static var pictures: [Option<Values>] {
    let options: [Option<Values>] = [
      .file("captions", \.pictures.captions, "write a line about each image of a sheet: row, label, predicted, p"),
      .integer(
        "columns", in: 1...1_000_000, \.pictures.columns, "images in a row of a sheet (default: about a square)"),
      .flag("mistakes", \.pictures.showsMistakes, "show rows predicted wrong; predictions and data are the input"),
      .parsed("shape", value: "HxW", \.pictures.shape, "height and width (and xC, channels) of flat rows") {
        (text) throws(Failure) in try ImageShape(parsing: text)
      },
      .integer("zoom", in: 1...64, \.pictures.zoom, "draw a pixel as NxN (default 1)"),
    ]
    return options.map { $0.under("Pictures (png)") }
  }

  private static func run(_ values: Values, _ operands: [String]) throws {
    let format = try format(values)
    if values.tensor != nil, format != .npy, format != .png {
      throw Failure.usage("--tensor: \(format.rawValue) has no use for one tensor; --format npy has")
    }
    if format == .png { return try draw(values, operands) }
    guard !values.pictures.isForPictures else {
      throw Failure.usage("--captions, --columns, --mistakes, --shape and --zoom are for --format png")
    }
    let exporter = try Exporter(
      format, path: values.common.output, tensor: values.tensor, makeONNX: ModelGraph.file)
    let input = try FrameInput(operands: operands)
    while let frame = try input.next() { try exporter.write(frame) }
    try exporter.finish()
  }

  private static func draw(_ values: Values, _ operands: [String]) throws {
    var settings = values.pictures
    settings.tensor = values.tensor
    let exporter = try ImageExporter(settings, path: values.common.output)
    let input = try FrameInput(operands: operands)
    while let frame = try input.next() { try exporter.write(frame) }
    try exporter.finish()
  }

  private static func format(_ values: Values) throws(Failure) -> Exporter.Format {
    if let format = values.format { return format }
    guard let path = values.common.output, path != "-" else { return .csv }
    if let format = Exporter.Format(path: path) { return format }
    throw .usage("-o \(path): the extension names no format; give --format")
  }
}
