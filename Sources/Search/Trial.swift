import Tensors

/// One point of a space: a value for each parameter that is there.
struct Trial: Equatable, Sendable {
  /// Its place in the search, from 1.
  var number = 0
  /// The names and values, in the order of the space.
  let values: [(name: String, value: String)]
  /// Eight hexadecimal digits by which its files are known: a checksum of names and values alone, so that a trial has the
  /// same files in every search that comes to it.
  let id: String

  init(_ values: [(name: String, value: String)]) {
    self.values = values
    let text = values.sorted { $0.name < $1.name }.map { "\($0.name)=\($0.value)\n" }.joined()
    id = Checksum.text(Checksum.of(Array(text.utf8), after: 0))
  }

  /// The value of a parameter; nil where it is not there.
  subscript(name: String) -> String? { values.first { $0.name == name }?.value }

  static func == (left: Trial, right: Trial) -> Bool { left.id == right.id && left.number == right.number }
}
