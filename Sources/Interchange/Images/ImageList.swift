import Tensors

/// The files of an image data set, in the order of the rows, and their classes where they have some.
struct ImageList {
  /// One row.
  struct Item: Sendable {
    let path: String
    /// The class id; nil for images without labels.
    let label: Int64?
  }

  let items: [Item]
  /// The names of the classes; nil for images without labels.
  let classes: [String]?

  /// Images without labels.
  init(files: [String]) {
    items = files.map { Item(path: $0, label: nil) }
    classes = nil
  }

  /// The images of a folder; or those of the folders in it, each of which is a class that is called by its name. Names
  /// are in the order of their bytes, those that begin with a dot are passed over, links are not followed.
  ///
  /// - Parameter given: the names of all classes in the order of their ids, when not every one need have a folder.
  init(folder path: String, classes given: [String]?) throws(Failure) {
    let folder = try Folder(path: path)
    let names = folder.entries.compactMap { $0.kind == .folder ? $0.name : nil }
    guard !names.isEmpty else {
      items = try ImageList.files(in: folder).map { Item(path: $0, label: nil) }
      classes = nil
      return
    }
    if let other = folder.entries.first(where: { $0.kind != .folder }) {
      throw .input("\(folder.path)/\(other.name): stands beside class folders such as '\(names[0])'; move it elsewhere")
    }
    let classes = given ?? names
    guard classes.count <= Labels.maximumClasses else {
      throw .input("\(folder.path): \(classes.count) folders; at most \(Labels.maximumClasses) classes are kept")
    }
    let ids = Dictionary(classes.enumerated().map { ($1, $0) }) { first, _ in first }
    var items: [Item] = []
    for name in names {
      guard let id = ids[name] else {
        throw .input("\(folder.path)/\(name): the folder is none of the classes of --classes")
      }
      let files = try ImageList.files(in: try Folder(path: "\(folder.path)/\(name)"))
      items += files.map { Item(path: $0, label: Int64(id)) }
    }
    self.items = items
    self.classes = classes
  }

  /// The files of a folder of images, which nothing else may be in.
  private static func files(in folder: Folder) throws(Failure) -> [String] {
    var paths: [String] = []
    for entry in folder.entries {
      let path = "\(folder.path)/\(entry.name)"
      switch entry.kind {
      case .file: paths.append(path)
      case .folder: throw .input("\(path): is a folder inside a folder of images; classes are one level of folders")
      case .link: throw .input("\(path): is a symbolic link, and links in a folder are not followed")
      case .other: throw .input("\(path): is no regular file")
      }
    }
    guard !paths.isEmpty else { throw .input("\(folder.path): no images in the folder") }
    return paths
  }
}
