import Tensors

/// What can be said about an image beside showing it.
struct ImageCaption {
  /// The number of its row, from 0.
  var row: Int
  /// The name of its class.
  var label: String?
  /// The name of the class that was predicted, and its probability.
  var predicted: String?
  var probability: Float?

  /// What is known of each row of data, and of predictions for the same rows.
  static func captions(of data: Frame, predictions: Frame?) throws(Failure) -> [ImageCaption] {
    let labels = try data.labels()
    let classes = data[list: Metadata.classes]
    func name(_ id: Int, _ classes: [String]?) -> String { classes?[id] ?? String(id) }
    var captions = (0..<(try data.tensor("x").rows)).map { row in
      ImageCaption(row: row, label: labels.map { name($0[row], classes) })
    }
    guard let predictions else { return captions }
    guard let p = predictions.tensors["p"], p.shape.count == 2, p.rowCount > 0,
      predictions.metadata[Metadata.probabilities] != Metadata.independent
    else { return captions }
    guard p.rows == captions.count else {
      throw .input("\(predictions.place): predictions for \(p.rows) rows; the data \(data.place) has \(captions.count)")
    }
    let names = predictions[list: Metadata.classes] ?? classes
    let count = names?.count ?? Int.max
    if let labels, let answers = try predictions.labels(),
      let row = captions.indices.first(where: { name(labels[$0], classes) != name(answers[$0], names) })
    {
      throw .input(
        "\(predictions.place): predictions for other rows: row \(row) is '\(name(answers[row], names))' there and "
          + "'\(name(labels[row], classes))' in \(data.place)")
    }
    let values = p.floats
    for row in captions.indices {
      let own = values[row * p.rowCount..<(row + 1) * p.rowCount]
      let id = own.predictedClass
      guard id < count else { throw .input("\(predictions.place): row \(row): class \(id) of \(count)") }
      captions[row].predicted = name(id, names)
      // One probability a row is that of class 1.
      captions[row].probability =
        p.rowCount > 1 ? own[own.startIndex + id] : id == 1 ? own[own.startIndex] : 1 - own[own.startIndex]
    }
    return captions
  }

  /// A line for each image in tab-separated columns, of which those stand that are known.
  static func table(_ captions: [ImageCaption]) -> String {
    let first = captions.first
    var columns: [(name: String, text: (ImageCaption) -> String)] = [("row", { String($0.row) })]
    if first?.label != nil { columns.append(("label", { ($0.label ?? "").onOneLine })) }
    if first?.predicted != nil {
      columns.append(("predicted", { ($0.predicted ?? "").onOneLine }))
      columns.append(("p", { "\($0.probability ?? 0)" }))
    }
    let lines = [columns.map(\.name)] + captions.map { caption in columns.map { $0.text(caption) } }
    return lines.map { $0.joined(separator: "\t") + "\n" }.joined()
  }
}

/// A path in which `{row}`, `{label}` and `{predicted}` stand for what is known of an image.
struct ImagePath {
  let text: String

  init(_ text: String) { self.text = text }

  /// Whether each image has a file of its own.
  var isTemplate: Bool { text.contains("{row}") }

  /// Fails when a name is to be filled in, but not the row's number, without which rows would share a file.
  func check() throws(Failure) {
    guard !isTemplate, let word = ["{label}", "{predicted}", "{role}"].first(where: text.contains) else { return }
    throw .usage(
      word == "{role}"
        ? "-o \(text): of a picture {row}, {label} and {predicted} are filled in, and no {role}"
        : "-o \(text): \(word) is filled in only beside {row}, without which images would have one file")
  }

  /// The file of an image; the row has leading zeros, so that files are listed in the order of rows up to `last`.
  func path(for caption: ImageCaption, last: Int) throws(Failure) -> String {
    let number = String(caption.row)
    var path = text.replacing("{row}", with: String(repeating: "0", count: String(last).count - number.count) + number)
    for (word, value) in [("{label}", caption.label), ("{predicted}", caption.predicted)] where path.contains(word) {
      guard let value else { throw .input("-o \(text): row \(caption.row) has nothing to put in the place of \(word)") }
      path = path.replacing(word, with: ImagePath.safe(value))
    }
    return path
  }

  /// A class name, which comes from outside, as a part of a file's name: it leads to no other folder.
  private static func safe(_ name: String) -> String {
    let kept = String(name.onOneLine.map { $0 == "/" ? "_" : $0 })
    return kept.hasPrefix(".") ? "_" + kept.dropFirst() : kept
  }
}
