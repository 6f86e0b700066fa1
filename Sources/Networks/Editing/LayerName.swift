import Tensors

extension Network {
  /// The position of the layer of a name, or of a number, as nn-show lists them.
  ///
  /// - Parameter place: where the model came from, for messages.
  public func position(ofLayer name: String, of place: String) throws(Failure) -> Int {
    let names = architecture.names
    if let position = names.firstIndex(of: name) { return position }
    if let position = Int(name), String(position) == name, names.indices.contains(position) { return position }
    let named = names.enumerated().filter { String($0) != $1 }.map(\.element)
    let known = named.isEmpty ? "" : ", or \(named.joined(separator: ", "))"
    throw .input("\(place): has no layer '\(name)'; they are 0 to \(names.count - 1)\(known)")
  }
}
