import Networks
import Tensors

/// What there is to say about a frame: facts in order, a table of layers or tensors.
struct Description {
  private let frame: Frame
  private let facts: [(key: String, value: JSON)]
  private let summary: ModelSummary?
  private let withTensors: Bool

  init(_ frame: Frame, withTensors: Bool) throws(Failure) {
    self.frame = frame
    self.withTensors = withTensors || frame.kind == nil
    var facts: [(key: String, value: JSON)] = [("kind", .string(frame.kind?.rawValue ?? "tensors"))]
    if !(frame.index == 0 && frame.isLast) {
      facts.append(("frame", .number(frame.index)))
      facts.append(("last", .bool(frame.isLast)))
    }
    switch frame.kind {
    case .data:
      try frame.checkData()
      facts += try Description.dataFacts(frame)
      summary = nil
    case .model:
      let network = try Network(frame: frame)
      let summary = ModelSummary(network)
      facts += [
        ("input", .string(Shape.text(summary.input))), ("parameters", .number(summary.parameters)),
        ("trainable", .number(summary.trainable)),
        ("not trainable", .number(summary.parameters - summary.trainable)),
        ("multiply-adds", .number(summary.multiplyAdds)),
      ]
      self.summary = summary
    default:
      if let rows = frame.tensors["p"] ?? frame.tensors["output"] { facts.append(("rows", .number(rows.rows))) }
      summary = nil
    }
    for (key, label) in [
      (Metadata.role, "role"), (Metadata.prepared, "prepared"), ("nn.prep", "preparation"), ("nn.loss", "loss"),
      ("nn.optimizer", "optimizer"),
    ] {
      if let value = frame.metadata[key], !(key == "nn.prep" && frame.metadata[Metadata.prepared] != nil) {
        facts.append((label, .string(value)))
      }
    }
    if let epoch = frame.tensors["state.epoch"]?.integers?.first { facts.append(("epochs", .number(Int(epoch)))) }
    if frame.kind != .data, let classes = frame[list: Metadata.classes] {
      facts.append(("classes", .array(classes.map(JSON.string))))
    }
    self.facts = facts
  }

  private static func dataFacts(_ frame: Frame) throws(Failure) -> [(key: String, value: JSON)] {
    let x = try frame.tensor("x")
    var facts: [(key: String, value: JSON)] = [
      ("rows", .number(x.rows)), ("row shape", .string(Shape.text(Array(x.shape.dropFirst())))),
      ("type", .string(x.type.rawValue)),
    ]
    if let labels = try frame.labels() {
      // Without names the classes are those that occur: an id may be any number.
      var counts: [Int: Int] = [:]
      for label in labels { counts[label, default: 0] += 1 }
      let classes =
        frame[list: Metadata.classes].map { Array(zip(0..., $0)) } ?? counts.keys.sorted().map { ($0, "\($0)") }
      facts.append(("classes", .object(classes.map { id, name in (name, JSON.number(counts[id, default: 0])) })))
    } else if let y = frame.tensors["y"] {
      facts.append(("targets", .number(y.rowCount)))
    }
    // The names are those of the raw columns: principal components have none.
    if let features = frame[list: Metadata.features], features.count == x.rowCount {
      facts.append(("features", .array(features.map(JSON.string))))
    }
    return facts
  }

  var json: JSON {
    var members: [(key: String, value: JSON)] = facts.map {
      (String($0.key.map { $0 == " " || $0 == "-" ? "_" : $0 }), $0.value)
    }
    if let summary {
      members.append(
        (
          "layers",
          .array(
            summary.rows.map { row in
              .object([
                ("name", .string(row.name)), ("layer", .string(row.text)),
                ("output", .array(row.output.map { JSON.number($0) })), ("parameters", .number(row.parameters)),
                ("trainable", .number(row.trainable)), ("multiply_adds", .number(row.multiplyAdds)),
              ])
            })
        ))
    }
    if withTensors {
      members.append(
        (
          "tensors",
          .array(
            tensorRows.map { name, tensor in
              let statistics = Statistics(tensor)
              return .object([
                ("name", .string(name)), ("type", .string(tensor.type.rawValue)),
                ("shape", .array(tensor.shape.map { JSON.number($0) })), ("min", .number(statistics.minimum)),
                ("max", .number(statistics.maximum)), ("mean", .number(statistics.mean)),
                ("std", .number(statistics.standardDeviation)), ("norm", .number(statistics.norm)),
                ("zeros", .number(statistics.zeros)),
                ("not_finite", .number(statistics.notFinite)),
              ])
            })
        ))
    }
    return .object(members)
  }

  private var tensorRows: [(String, Tensor)] {
    frame.tensors.sorted { $0.key.utf8.lexicographicallyPrecedes($1.key.utf8) }.map { ($0.key, $0.value) }
  }

  var text: String {
    var out = ""
    for (key, value) in facts { out += "\(key): \(plain(value).printable)\n" }
    if let summary {
      let rows = summary.rows.map { row in
        [
          row.name, row.text, Shape.text(row.output), String(row.parameters),
          row.parameters == 0 ? "" : row.trainable == 0 ? "no" : String(row.trainable),
          row.multiplyAdds == 0 ? "" : String(row.multiplyAdds),
        ]
      }
      out += TextTable.text(
        ["layer", "", "output", "parameters", "trainable", "multiply-adds"], rows, rightAligned: [3, 4, 5])
    }
    if withTensors {
      let rows = tensorRows.map { name, tensor in
        let s = Statistics(tensor)
        return [name.printable, tensor.type.rawValue, tensor.shape.isEmpty ? "-" : Shape.text(tensor.shape)]
          + (tensor.count == 0
            ? ["", "", "", "", ""] : [s.minimum, s.maximum, s.mean, s.standardDeviation, s.norm].map(short))
          + [String(s.zeros)] + [s.notFinite == 0 ? "" : "\(s.notFinite) not finite"]
      }
      out += TextTable.text(
        ["tensor", "type", "shape", "min", "max", "mean", "std", "norm", "zeros", ""], rows,
        rightAligned: [3, 4, 5, 6, 7, 8])
    }
    return out
  }

  private func plain(_ value: JSON) -> String {
    switch value {
    case .string(let text): text
    case .array(let values): values.map(plain).joined(separator: " ")
    case .object(let members): members.map { "\($0.key) \(plain($0.value))" }.joined(separator: ", ")
    default: value.text
    }
  }

  /// Four significant digits.
  private func short(_ value: Double) -> String {
    guard value.isFinite, value != 0 else { return value == 0 ? "0" : "-" }
    var (up, down) = (1.0, 1.0)
    while abs(value) * up < 1000, up < 1e300 { up *= 10 }
    while abs(value) / down >= 10000 { down *= 10 }
    let rounded = (value * up / down).rounded() * down / up
    // The shortest text of the single-precision number hides what the powers of ten are off by.
    let single = Float(rounded)
    let isPlain = rounded == rounded.rounded() && abs(rounded) < 1e15
    return isPlain || !single.isNormal ? Numbers.text(rounded) : String(single)
  }
}
