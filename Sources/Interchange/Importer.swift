import class Kernels.ThreadTeam
import Tensors

/// Reads outside files and gives data frames: what nn-import does.
public struct Importer {
  let settings: ImportSettings
  private let team: ThreadTeam
  private let write: (Frame) throws(Failure) -> Void
  var summary = ImportSummary()
  /// The frame that is written when it is known whether another follows.
  private var held: Frame?

  private init(settings: ImportSettings, team: ThreadTeam, write: @escaping (Frame) throws(Failure) -> Void) {
    self.settings = settings
    self.team = team
    self.write = write
  }

  /// Reads the files, told apart by their content, and writes one frame, or frames of `settings.chunk` rows.
  ///
  /// IDX: one file of inputs and, in any order, at most one of labels; .npy likewise; .npz: one archive; tables: any
  /// number of files whose columns agree; LIBSVM text: any number of files; images: any number of files, or one folder.
  /// Each may be gzip data; "-" is standard input.
  ///
  /// - Throws: a failure that names file, line or row, and column.
  public static func run(
    _ paths: [String], _ settings: ImportSettings, team: ThreadTeam, write: @escaping (Frame) throws(Failure) -> Void
  ) throws(Failure) -> ImportSummary {
    guard paths.count(where: { $0 == "-" }) <= 1 else {
      throw .usage("'-' (standard input) can be given only once")
    }
    // A table may have many files, so only the first is open while its kind is told.
    guard let firstPath = paths.first else { throw .usage("no file to import") }
    if let folder = paths.first(where: Folder.isAt) {
      guard paths.count == 1 else {
        throw .usage("\(folder): is a folder; one folder of images at a time, and nothing else")
      }
      var importer = Importer(settings: settings, team: team, write: write)
      try importer.images(ImageList(folder: folder, classes: settings.table.classes))
      return try importer.finish()
    }
    return try run(OutsideFile(path: firstPath), rest: paths.dropFirst(), settings, team: team, write: write)
  }

  static func run(
    _ first: OutsideFile, rest: ArraySlice<String> = [], _ settings: ImportSettings, team: ThreadTeam,
    write: @escaping (Frame) throws(Failure) -> Void
  ) throws(Failure) -> ImportSummary {
    var importer = Importer(settings: settings, team: team, write: write)
    switch first.content {
    case .png, .pnm: try importer.images(ImageList(files: [first.name] + rest), opened: first)
    case .text:
      if try importer.isSparse(first) {
        try importer.sparse(first, rest: rest)
      } else {
        try importer.table(first, rest: rest)
      }
    default: try importer.arrays(first, rest: rest)
    }
    return try importer.finish()
  }

  /// Writes the frame that was held back, now known to be the last.
  private func finish() throws(Failure) -> ImportSummary {
    if let held { try write(held) }
    return summary
  }

  /// Holds a frame back until the next, since only then it is known not to be the last.
  private mutating func emit(
    x: Tensor, y: Tensor?, group: Tensor? = nil, metadata: [String: String]
  ) throws(Failure) {
    if var frame = held {
      frame.isLast = false
      try write(frame)
    }
    var frame = Frame(.data, metadata: metadata, tensors: ["x": x], index: held.map { $0.index + 1 } ?? 0)
    frame.tensors["y"] = y
    frame.tensors["group"] = group
    frame.metadata[Metadata.role] = settings.role
    held = frame
    summary.rows += x.rows
  }

  /// Emits all rows, in frames of the size asked for.
  mutating func emitAll(
    x: Tensor, y: Tensor?, group: Tensor? = nil, metadata: [String: String]
  ) throws(Failure) {
    let chunk = settings.chunk ?? x.rows
    for start in stride(from: 0, to: x.rows, by: max(chunk, 1)) {
      let range = start..<min(x.rows, start + min(chunk, x.rows - start))
      try emit(x: x[rows: range], y: y?[rows: range], group: group?[rows: range], metadata: metadata)
    }
  }

  // MARK: Images

  private mutating func images(_ list: ImageList, opened: OutsideFile? = nil) throws(Failure) {
    let place = opened?.name ?? list.items[0].path
    guard settings.inputArray == nil, settings.labelArray == nil, !settings.table.isForTables else {
      throw .usage("\(place): is an image; options for columns and arrays are for tables and archives")
    }
    var rows = ImageRows(list, opened: opened, settings.images, team: team)
    var metadata = Frame(.data)
    metadata[list: Metadata.classes] = list.classes
    while let (x, y) = try rows.next(settings.chunk ?? Int.max) {
      try emit(x: x, y: y, metadata: metadata.metadata)
    }
    summary.shape = "shape \(Shape.text(rows.shape))"
    if let classes = list.classes {
      summary.labels = "label (\(classes.count) class\(classes.count == 1 ? "" : "es"))"
    }
    let (count, first) = rows.transparent
    if count > 0 {
      summary.warning = "the opacity of \(count) image\(count == 1 ? "" : "s") is left out, the first \(first)"
    }
  }

  // MARK: Tables

  /// Opens one text after the other, of which there may be many.
  mutating func forEachText(
    _ first: OutsideFile, rest: ArraySlice<String>, _ body: (OutsideFile, inout Importer) throws(Failure) -> Void
  ) throws(Failure) {
    guard settings.inputArray == nil, settings.labelArray == nil else {
      throw .usage("\(first.name): is text; --x and --y name arrays of an .npz archive")
    }
    try refuseImageOptions(first)
    var file: OutsideFile? = first
    var paths = rest
    while let current = file {
      guard current.content == .text else {
        throw .input("\(current.name): is \(current.content.phrase) where text is due, as in \(first.name)")
      }
      try body(current, &self)
      file = try paths.popFirst().map { (path) throws(Failure) in try OutsideFile(path: path) }
    }
  }

  private mutating func table(_ first: OutsideFile, rest: ArraySlice<String>) throws(Failure) {
    // Rows of frames of a certain size are taken one by one.
    let reader = TableReader(settings: settings.table, team: settings.chunk == nil ? team : nil)
    let chunk = settings.chunk ?? Int.max
    try forEachText(first, rest: rest) { (file, importer) throws(Failure) in
      try reader.read(file) { () throws(Failure) in
        if reader.rows == chunk, reader.isFinal { try importer.emit(reader.take(), reader) }
      }
    }
    if reader.rows > 0 {
      let table: Table
      do throws(Failure) { table = try reader.take() } catch { throw error.at(first.name) }
      if reader.isFinal {
        try emit(table, reader)
      } else {
        describe(table, reader)
        try emitAll(x: table.x, y: table.y, group: table.group, metadata: metadata(of: table, reader))
      }
    }
    summary.droppedRows = reader.droppedRows
    guard summary.rows > 0 else {
      throw .input(
        reader.droppedRows > 0 ? "\(first.name): every row has a missing value" : "\(first.name): no rows")
    }
  }

  private mutating func emit(_ table: Table, _ reader: TableReader) throws(Failure) {
    describe(table, reader)
    try emit(x: table.x, y: table.y, group: table.group, metadata: metadata(of: table, reader))
  }

  private func metadata(of table: Table, _ reader: TableReader) -> [String: String] {
    var frame = Frame(.data)
    let header = reader.layout?.names ?? []
    let targets = settings.table.targets
    if !targets.isEmpty, targets.allSatisfy(header.contains) { frame[list: Metadata.targets] = targets }
    frame[list: Metadata.classes] = table.classes
    let names = table.features.compactMap { $0 }
    if names.count == table.features.count { frame[list: Metadata.features] = names }
    return frame.metadata
  }

  private mutating func describe(_ table: Table, _ reader: TableReader) {
    summary.describe(features: table.x.rowCount)
    summary.guesses = reader.layout?.guesses ?? []
    if let known = settings.table.like, !reader.unknownTexts.isEmpty {
      let texts = TableSurvey.list(reader.unknownTexts.sorted().map(\.onOneLine))
      summary.warning = "\(texts): no feature of \(known.place); all those of the column are 0 in such rows"
    }
    let targets = settings.table.targets.count
    if let classes = table.classes, let layout = reader.layout, let label = layout.label {
      let column = layout.names.map { $0[label].onOneLine }
      let name = column.map { "label '\($0)'" } ?? "label column \(label + 1)"
      summary.describe(classes: classes.count, of: name)
      if settings.table.classes == nil {
        let option = column ?? String(label + 1)
        summary.warn(classes: classes.count, of: name, rows: table.x.rows, target: option)
      }
    } else if targets > 0 {
      summary.describe(targets: targets)
    } else if settings.table.label == nil, settings.table.like == nil,
      let name = LabelName.suspect(table.features.compactMap(\.self))
    {
      summary.labels += " (if '\(name)' is to be learnt: --label \(name) for classes, --target \(name) for numbers)"
    }
  }

  // MARK: Arrays

  private mutating func arrays(_ first: OutsideFile, rest: ArraySlice<String>) throws(Failure) {
    try refuseImageOptions(first)
    let x: Tensor
    var y: Tensor?
    var places = (x: first.name, y: first.name)
    switch first.content {
    case .zip:
      guard rest.isEmpty else { throw .usage("\(first.name): one .npz archive at a time") }
      try refuseTableOptions(first)
      let found = try NPZ.read(first, x: settings.inputArray, y: settings.labelArray)
      x = found.x
      y = found.y
      places = ("\(first.name): \(found.names.x)", "\(first.name): \(found.names.y ?? "")")
    case .idx, .npy:
      guard settings.inputArray == nil, settings.labelArray == nil else {
        throw .usage("\(first.name): is \(first.content.phrase); --x and --y name arrays of an .npz archive")
      }
      try refuseTableOptions(first)
      guard rest.count <= 1 else {
        throw .usage("one file of inputs and one of labels at a time; \(rest.count + 1) were given")
      }
      var array = try Importer.array(first)
      if let path = rest.first {
        let second = try OutsideFile(path: path)
        guard second.content == first.content else {
          throw .input(
            "\(second.name): is \(second.content.phrase) where \(first.content.phrase) is due, as in \(first.name)")
        }
        var other = try Importer.array(second)
        places.y = second.name
        if array.shape.count == 1, other.shape.count > 1 {
          swap(&array, &other)
          places = (second.name, first.name)
        }
        guard array.shape.count > 1, other.shape.count == 1 || (first.content == .npy && other.shape.count == 2) else {
          throw .input(
            "\(first.name) and \(second.name) have shapes \(array.shape) and \(other.shape): inputs of rank 2 or more "
              + "and labels of rank 1 are due")
        }
        y = other
      } else if first.content == .idx, array.shape.count == 1 {
        throw .input("\(first.name): holds labels only; give the file of images as well")
      }
      x = array
    default: throw Importer.unknown(first)
    }
    try emitArrays(x: x, y: y, places)
  }

  /// Arrays checked and brought into the form of a data frame.
  private mutating func emitArrays(x array: Tensor, y labels: Tensor?, _ places: (x: String, y: String)) throws(Failure)
  {
    guard !array.shape.isEmpty else { throw .input("\(places.x): a single number where rows are due") }
    guard array.count > 0 else { throw .input("\(places.x): shape \(array.shape): no rows") }
    let x = array.shape.count == 1 ? array.asInputs.reshaped([array.rows, 1]) : array.asInputs
    try checkFinite(x, places.x)
    var frame = Frame(.data)
    var y: Tensor?
    if let labels {
      let values = try Labels.y(from: labels, place: places.y)
      guard values.rows == x.rows else {
        throw .input("\(places.y): \(values.rows) labels where \(places.x) has \(x.rows) rows")
      }
      try checkFinite(values, places.y)
      if values.type == .int64 {
        let names = try Labels.names(for: values, given: settings.table.classes, place: places.y)
        frame[list: Metadata.classes] = names
        summary.describe(classes: names.count, of: "label")
      } else {
        summary.describe(targets: values.rowCount)
      }
      y = values
    }
    if x.shape.count == 2 {
      summary.describe(features: x.rowCount)
    } else {
      summary.shape = "shape \(Shape.text(x.shape.dropFirst()))"
    }
    try emitAll(x: x, y: y, metadata: frame.metadata)
  }

  private func checkFinite(_ tensor: Tensor, _ place: String) throws(Failure) {
    guard !settings.table.allowsNotFinite, let position = tensor.firstNotFinite else { return }
    let width = tensor.rowCount
    let value = tensor.withElements(of: Float.self) { $0[position] }
    throw .input(
      "\(place): row \(position / width + 1), column \(position % width + 1): \(value) is not a finite 32-bit float; "
        + "see --allow-nan")
  }

  private func refuseTableOptions(_ file: OutsideFile) throws(Failure) {
    guard settings.features == nil else {
      throw .usage("\(file.name): is \(file.content.phrase); --features is for LIBSVM text")
    }
    guard settings.table.isForTables else { return }
    throw .usage("\(file.name): is \(file.content.phrase); options for columns are for CSV and TSV")
  }

  private func refuseImageOptions(_ file: OutsideFile) throws(Failure) {
    guard settings.images.isForImages else { return }
    throw .usage("\(file.name): is \(file.content.phrase); --size and --channels are for images")
  }

  private static func array(_ file: OutsideFile) throws(Failure) -> Tensor {
    file.content == .idx ? try IDX.read(file) : try NPY.read(file)
  }

  private static func unknown(_ file: OutsideFile) -> Failure {
    let what = "\(file.name): "
    switch file.content {
    case .empty:
      let advice = file.name == "standard input" ? ": the program before this one in the pipe wrote nothing" : ""
      return .input(what + (file.isCompressed ? "gzip data of nothing" : "empty" + advice))
    case .frame: return .input(what + "is a tensor frame already; give it to the next tool as it is")
    case .gzip: return .input(what + "gzip data inside gzip data; decompress it with gzip -dc first")
    default:
      return .input(
        what + "is \(file.content.phrase); "
          + (file.content.remedy ?? whatIsRead))
    }
  }

  static let whatIsRead =
    "IDX, CSV, TSV, LIBSVM text, .npy, .npz, PNG, PGM and PPM are read, compressed by gzip or not"
}
