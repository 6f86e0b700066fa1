import CommandLine
import Interchange
import Tensors

@main
enum Export {
  struct Values {
    var common = CommonOptions()
    var format: Exporter.Format?
    var tensor: String?
  }

  static func main() {
    Tool<Values>(
      "nn-export", purpose: "turn frames into files for other programs",
      examples: [
        "nn-predict model.st test.st | nn-export -o predictions.csv",
        "nn-export model.st -o model.safetensors",
        "nn-export model.st -o model.onnx",
      ],
      notes: [
        "Without --format, the extension of -o decides: .csv, .tsv, .npy, .npz, .safetensors (state-dict) or .onnx; "
          + "without either, csv."
      ],
      defaults: Values(), options: options, run: run
    ).main()
  }

  private static var options: [Option<Values>] {
    let names = Exporter.Format.allCases.map(\.rawValue)
    return [
      .parsed(
        "format", short: "f", value: "FORMAT", \.format, "csv, tsv, npy, npz, state-dict or onnx",
        completion: .words(names)
      ) { (text) throws(Failure) in
        guard let format = Exporter.Format(rawValue: text) else { throw .usage(Nearest.unknown(text, among: names)) }
        return format
      },
      .text(
        "tensor", value: "NAME", \.tensor, "the tensor to write as npy (default: x of data, p or output of predictions)"
      ),
      .output(\.common, "write to a file instead of standard output"),
      .quiet(\.common),
    ]
  }

  private static func run(_ values: Values, _ operands: [String]) throws {
    let format = try format(values)
    if values.tensor != nil, format != .npy {
      throw Failure.usage("--tensor: \(format.rawValue) has no use for one tensor; --format npy has")
    }
    let exporter = try Exporter(
      format, path: values.common.output, tensor: values.tensor, makeONNX: ModelGraph.file)
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
