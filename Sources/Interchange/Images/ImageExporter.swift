import Tensors

/// How pictures are made.
public struct PictureSettings: Sendable {
  /// The tensor of a model to show; nil takes the weights of its first layer.
  public var tensor: String?
  /// The shape of flat rows.
  public var shape: ImageShape?
  /// Images in a row of a sheet; nil makes it about square.
  public var columns: Int?
  /// Pixels that a pixel becomes, in both directions.
  public var zoom = 1
  /// Whether only rows are shown that were predicted wrong.
  public var showsMistakes = false
  /// Where a line about each image of a sheet goes.
  public var captions: String?

  /// The defaults.
  public init() {}

  /// Whether options were given that only pictures have a use for.
  public var isForPictures: Bool { shape != nil || columns != nil || zoom > 1 || showsMistakes || captions != nil }
}

/// Writes images as PNG: all on a sheet, or, where the path has `{row}` in it, a file each.
public final class ImageExporter {
  private let settings: PictureSettings
  private let path: ImagePath
  private var model: Frame?
  private var data: [Frame] = []
  private var predictions: [Frame] = []

  /// An export to a path; nil is standard output.
  public init(_ settings: PictureSettings, path: String?) throws(Failure) {
    self.settings = settings
    self.path = ImagePath(path ?? "-")
    try self.path.check()
    guard !self.path.isTemplate || settings.columns == nil && settings.captions == nil else {
      throw .usage("--columns and --captions are for a sheet, and -o \(path ?? "") is a file for each image")
    }
    if let captions = settings.captions {
      guard (captions == "-") != (self.path.text == "-") || captions != "-" else {
        throw .usage("--captions -: standard output is taken by the picture; give -o FILE")
      }
      try ByteSink.check(path: captions)
    }
    try ByteSink.check(path: self.path.text)
    try ByteSink.refuseTerminal(path, "the picture")
  }

  /// Takes one frame.
  public func write(_ frame: Frame) throws(Failure) {
    switch frame.kind {
    case .data: data.append(frame)
    case .prediction: predictions.append(frame)
    case .model:
      guard model == nil else { throw .input("\(frame.place): a second model; a picture shows one") }
      model = frame
    default: throw .input("\(frame.place): holds \(frame.phrase), which is no picture")
    }
  }

  /// Makes the pictures and writes them.
  public func finish() throws(Failure) {
    if let model {
      guard data.isEmpty, predictions.isEmpty, !settings.showsMistakes else {
        throw .input("\(model.place): a model beside data; a picture shows one of them")
      }
      let filters = try Pictures.filters(model, tensor: settings.tensor, shape: settings.shape)
      return try write(filters, filters.indices.map { ImageCaption(row: $0) })
    }
    guard settings.tensor == nil else { throw .usage("--tensor: chooses weights of a model, and there is none") }
    guard let first = data.first else {
      let found = predictions.first.map { "\($0.place): holds predictions" } ?? "no frame"
      throw .input("\(found); the data whose images are to be shown is due")
    }
    for frame in data { try frame.checkData() }
    let rows = try Frame.joining(data)
    var captions = try ImageCaption.captions(
      of: rows, predictions: predictions.isEmpty ? nil : Frame.joining(predictions))
    if settings.showsMistakes {
      guard !predictions.isEmpty else { throw .input("\(first.place): --mistakes needs the predictions as well") }
      guard captions.allSatisfy({ $0.label != nil && $0.predicted != nil }) else {
        throw .input("\(first.place): --mistakes needs classes, in the data and in the predictions")
      }
      captions = captions.filter { $0.label != $0.predicted }
      guard !captions.isEmpty else { throw .input("\(first.place): no row was predicted wrong: nothing to show") }
    }
    try write(try Pictures.rows(captions.map(\.row), of: rows, shape: settings.shape), captions)
  }

  private func write(_ images: [Image], _ captions: [ImageCaption]) throws(Failure) {
    guard path.isTemplate else {
      let sheet = try Sheet.image(images, columns: settings.columns, zoom: settings.zoom)
      try write(PNGWriter.bytes(sheet), to: path.text)
      if let file = settings.captions { try write(Array(ImageCaption.table(captions).utf8), to: file) }
      return
    }
    let last = captions.map(\.row).max() ?? 0
    for (image, caption) in zip(images, captions) {
      let picture = try Sheet.image([image], columns: 1, zoom: settings.zoom)
      try write(PNGWriter.bytes(picture), to: path.path(for: caption, last: last))
    }
  }

  private func write(_ bytes: [UInt8], to path: String) throws(Failure) {
    let sink = try ByteSink.open(path: path)
    try sink.write(bytes)
    try sink.finish()
  }
}
