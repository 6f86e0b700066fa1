import Tensors

/// Writes frames as outside files: what nn-export does.
public final class Exporter {
  /// The outside formats.
  public enum Format: String, CaseIterable, Sendable {
    /// Comma-separated values with a header, RFC 4180 with LF.
    case csv
    /// The same with tabs.
    case tsv
    /// One tensor as a NumPy array.
    case npy
    /// All tensors as a NumPy archive.
    case npz
    /// A model's parameters and buffers as a plain safetensors file.
    case stateDict = "state-dict"
    /// A model as a graph of ONNX operators.
    case onnx
    /// Images as a picture; see `ImageExporter`.
    case png

    /// The format that a file name's extension stands for.
    public init?(path: String) {
      let endings: [(String, Format)] = [
        (".csv", .csv), (".tsv", .tsv), (".npy", .npy), (".npz", .npz), (".safetensors", .stateDict),
        (".onnx", .onnx), (".png", .png),
      ]
      guard let match = endings.first(where: { path.hasSuffix($0.0) }) else { return nil }
      self = match.1
    }

    /// The format's name in a sentence.
    var noun: String {
      switch self {
      case .stateDict: "a state dict"
      case .onnx: "an ONNX file"
      default: rawValue
      }
    }

    /// Whether the result is text for people as well as programs.
    public var isText: Bool { self == .csv || self == .tsv }
  }

  private let format: Format
  private let path: RolePath?
  private let tensorName: String?
  private let makeONNX: (Frame) throws(Failure) -> [UInt8]
  /// What is written for each role, in the order in which the roles came.
  private var parts: [Part] = []

  private struct Part {
    var role: String
    var sink: ByteSink
    var writer: TextWriter?
    var header: [String] = []
    /// The first frame of a table, without its numbers.
    var first: Frame?
    var frames: [Frame] = []
  }

  /// An export to a path, which may hold `{role}`, or to standard output when there is none.
  ///
  /// - Parameters:
  ///   - tensor: the tensor for `npy`; nil takes `x` of data, `p` or `output` of predictions.
  ///   - makeONNX: the ONNX file of a model, which this library knows nothing of.
  public init(
    _ format: Format, path: String?, tensor: String? = nil, makeONNX: @escaping (Frame) throws(Failure) -> [UInt8]
  ) throws(Failure) {
    self.makeONNX = makeONNX
    self.format = format
    self.path = path == "-" ? nil : path.map(RolePath.init)
    tensorName = tensor
    try self.path?.check()
    if !format.isText { try ByteSink.refuseTerminal(path, "the \(format.rawValue) data") }
  }

  /// Takes one frame. Rows of a table are written at once; everything else waits for `finish`.
  public func write(_ frame: Frame) throws(Failure) {
    let index = try part(for: frame)
    if format.isText { return try writeRows(frame, index) }
    if format == .stateDict || format == .onnx {
      guard frame.kind == .model || format == .stateDict && frame.kind == nil else {
        throw .input("\(frame.place): holds \(frame.phrase) where a model is due for \(format.noun)")
      }
    }
    if let first = parts[index].frames.first, first.kind != frame.kind || frame.kind == .model || frame.kind == nil {
      throw .input("\(frame.place): holds \(frame.phrase) after \(first.phrase) of \(first.place); a file holds one")
    }
    parts[index].frames.append(frame)
  }

  /// Writes what waits and makes every file whole; no part is seen before all of them are.
  public func finish() throws(Failure) {
    for index in parts.indices {
      try parts[index].writer?.flush()
      if !parts[index].frames.isEmpty {
        try writeArrays(Frame.joining(parts[index].frames), to: parts[index].sink)
      }
      try parts[index].sink.complete()
    }
    for part in parts { try part.sink.finish() }
  }

  /// The part of a frame's role; a further role needs a path of its own.
  private func part(for frame: Frame) throws(Failure) -> Int {
    let role = frame.metadata[Metadata.role] ?? "data"
    if let index = parts.firstIndex(where: { $0.role == role }) { return index }
    if let first = parts.first, !(path?.hasRole ?? false) {
      throw .input(
        "\(frame.place): is data for \(role) after data for \(first.role), and a file holds one part; "
          + "write -o 'NAME.{role}.\(format == .stateDict ? "safetensors" : format.rawValue)'")
    }
    let sink = try ByteSink.open(path: path?.path(for: frame) ?? "-")
    let writer = format.isText ? TextWriter(to: sink, separator: format == .csv ? 0x2c : 9) : nil
    parts.append(Part(role: role, sink: sink, writer: writer))
    return parts.count - 1
  }

  private func writeRows(_ frame: Frame, _ index: Int) throws(Failure) {
    let (columns, rows) = try frame.tableColumns()
    let header = columns.map(\.name)
    guard let writer = parts[index].writer else { return }
    if parts[index].header.isEmpty {
      for name in header { writer.field(name) }
      try writer.endRow()
      parts[index].header = header
    }
    guard parts[index].header == header else {
      throw .input("\(frame.place): the columns differ from those of the rows before")
    }
    if let first = parts[index].first {
      let detail = frame.differenceOfPreparation(from: first, at: "the rows before")
      if let detail { throw .input("\(frame.place): \(detail), and a table holds one kind") }
    } else {
      parts[index].first = frame
      parts[index].first?.tensors = [:]
    }
    for row in 0..<rows {
      for column in columns { column.write(row: row, to: writer) }
      try writer.endRow()
    }
    try writer.flush()
  }

  private func writeArrays(_ frame: Frame, to sink: ByteSink) throws(Failure) {
    switch format {
    case .csv, .tsv, .png: break
    case .npz: try NPZWriter.write(frame.tensors, to: sink)
    case .npy:
      let array = NPY.storable(try chosen(frame))
      try sink.write(NPY.header(type: array.type, shape: array.shape))
      try sink.write(array)
    case .stateDict:
      let state = frame.tensors.filter { !ModelTensors.isReserved($0.key) }
      guard !state.isEmpty else { throw .input("\(frame.place): the model has no parameters") }
      try sink.writeImage(tensors: state, metadata: ["format": "pt"])
    case .onnx: try sink.write(makeONNX(frame))
    }
  }

  private func chosen(_ frame: Frame) throws(Failure) -> Tensor {
    let names = tensorName.map { [$0] } ?? ["x", "p", "output"]
    for name in names { if let tensor = frame.tensors[name] { return tensor } }
    let known = frame.tensors.keys.sorted()
    let list = known.prefix(20).joined(separator: ", ").onOneLine + (known.count > 20 ? " …" : "")
    let wanted = tensorName.map { "no tensor '\($0)'" } ?? "no tensor x, p or output; choose one with --tensor"
    throw .input("\(frame.place): \(wanted); there are \(list)")
  }
}
