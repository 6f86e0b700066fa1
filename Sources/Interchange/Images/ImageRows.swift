import Tensors

import class Kernels.ThreadTeam

/// Reads the images of a list and makes rows of them, some at a time, on all threads.
struct ImageRows {
  /// Files that are held decoded before they are put together.
  private static let block = 64

  private let list: ImageList
  private let settings: ImageSettings
  private let team: ThreadTeam
  /// The first file when it is open already.
  private let opened: OutsideFile?
  private var position = 0
  /// What all rows agree with, and the file it was found in.
  private var pattern: (shape: [Int], place: String)?
  /// How many images were not opaque, and the first of them.
  private(set) var transparent = (count: 0, first: "")

  init(_ list: ImageList, opened: OutsideFile?, _ settings: ImageSettings, team: ThreadTeam) {
    (self.list, self.opened, self.settings, self.team) = (list, opened, settings, team)
  }

  /// The shape of a row once one was read.
  var shape: [Int] { pattern?.shape ?? [] }

  /// The next rows, [n, h, w] or [n, h, w, 3], and their class ids; nil after the last.
  mutating func next(_ count: Int) throws(Failure) -> (x: Tensor, y: Tensor?)? {
    let items = list.items[position...].prefix(count)
    guard !items.isEmpty else { return nil }
    let bytes = GrowingBytes()
    for start in stride(from: items.startIndex, to: items.endIndex, by: ImageRows.block) {
      let range = start..<min(start + ImageRows.block, items.endIndex)
      for (index, result) in zip(range, decode(range)) {
        let image = try result.get()
        try check(image, list.items[index].path)
        bytes.room(for: image.pixels.count).copyBytes(from: image.pixels)
        bytes.commit(image.pixels.count)
      }
    }
    position = items.endIndex
    let x = bytes.finish(type: .uint8, shape: [items.count] + shape)
    let labels = items.compactMap(\.label)
    return (x, list.classes == nil ? nil : Tensor(labels, shape: [labels.count]))
  }

  private func decode(_ range: Range<Int>) -> [Result<Image, Failure>] {
    var results = [Result<Image, Failure>](repeating: .failure(.failed("")), count: range.count)
    results.withUnsafeMutableBufferPointer { results in
      // Each tile writes its own element.
      nonisolated(unsafe) let results = results
      team.forEach(range.count) { i in
        do throws(Failure) { results[i] = .success(try image(range.lowerBound + i)) } catch {
          results[i] = .failure(error)
        }
      }
    }
    return results
  }

  /// The image of a row, as the settings want it.
  private func image(_ index: Int) throws(Failure) -> Image {
    if index == 0, let opened { return settings.apply(to: try ImageRows.image(opened)) }
    return settings.apply(to: try ImageRows.image(try OutsideFile(path: list.items[index].path)))
  }

  /// The image in a file, whose kind the content tells.
  private static func image(_ file: OutsideFile) throws(Failure) -> Image {
    switch file.content {
    case .png: return try PNG.read(file)
    case .pnm: return try PNM.read(file)
    case .empty: throw .input("\(file.name): empty")
    default:
      let advice = file.content == .jpeg ? "convert it first" : "move it elsewhere"
      throw .input("\(file.name): is \(file.content.phrase) where images are due, PNG, PGM or PPM; \(advice)")
    }
  }

  /// Holds an image to the first, and counts what is not opaque.
  private mutating func check(_ image: Image, _ place: String) throws(Failure) {
    if image.isTransparent {
      if transparent.count == 0 { transparent.first = place }
      transparent.count += 1
    }
    guard let (shape, first) = pattern else {
      pattern = (image.shape, place)
      return
    }
    guard image.shape != shape else { return }
    let differs = "\(place): is \(Shape.text(image.shape)) where \(first) is \(Shape.text(shape))"
    throw .input(
      image.shape.prefix(2) == shape.prefix(2)
        ? "\(differs); --channels 1 makes all grey, --channels 3 colours"
        : "\(differs); --size \(Shape.text(shape.prefix(2))) brings all to one size")
  }
}
