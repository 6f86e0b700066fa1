import Tensors

/// The .npz format of NumPy: a zip archive of .npy arrays, numpy.savez or savez_compressed.
enum NPZ {
  /// Names that inputs usually have, the likeliest first.
  static let inputNames = ["x", "X", "arr_0", "images", "features", "data", "x_train", "X_train"]
  /// Names that labels usually have.
  static let labelNames = ["y", "Y", "arr_1", "labels", "target", "y_train", "Y_train"]

  /// The inputs and, when there are some, the labels of an archive.
  ///
  /// - Parameters:
  ///   - x: the array of inputs by name; nil takes the first of `inputNames` that is there.
  ///   - y: the array of labels by name; nil takes the first of `labelNames` that is there.
  static func read(
    _ file: OutsideFile, x: String?, y: String?
  ) throws(Failure) -> (x: Tensor, y: Tensor?, names: (x: String, y: String?)) {
    let archive = try ZIPReader(try file.readAll(), place: file.name)
    let names = archive.entries.compactMap { $0.name.hasSuffix(".npy") ? String($0.name.dropLast(4)) : nil }
    guard !names.isEmpty else {
      let isCheckpoint = archive.entries.contains { $0.name.hasSuffix("data.pkl") }
      // Excel's and LibreOffice's files are zip archives, too.
      guard !archive.entries.contains(where: { $0.name.hasPrefix("xl/") || $0.name == "content.xml" }) else {
        throw .input("\(file.name): is a spreadsheet; save it as CSV")
      }
      throw .input(
        isCheckpoint
          ? "\(file.name): is a PyTorch checkpoint, a pickle that is never read; save it with "
            + "safetensors.torch.save_file"
          : "\(file.name): a zip archive without .npy arrays")
    }
    let listed = names.prefix(20).joined(separator: ", ").onOneLine + (names.count > 20 ? " …" : "")
    func array(_ name: String) throws(Failure) -> Tensor {
      guard let entry = archive.entries.first(where: { $0.name == name + ".npy" }) else {
        throw .input("\(file.name): no array '\(name)'; there are \(listed)")
      }
      return try NPY.array(try archive.contents(of: entry), place: "\(file.name): \(name)")
    }
    guard let inputs = x ?? inputNames.first(where: names.contains) else {
      throw .input(
        "\(file.name): no array by a usual name for inputs; choose with --x from \(listed)")
    }
    let labels = y ?? labelNames.first { names.contains($0) && $0 != inputs }
    var labelArray: Tensor?
    if let labels { labelArray = try array(labels) }
    return (try array(inputs), labelArray, (inputs, labels))
  }
}
