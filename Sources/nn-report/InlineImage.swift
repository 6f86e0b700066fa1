import Interchange
import Preparation
import Tensors

/// An image in the page itself, as a data URL (RFC 2397).
struct InlineImage {
  /// A small image is drawn larger, by a whole factor, until its shorter side has at least so many pixels.
  private static let shownSize = 48
  private let bytes: [UInt8]
  private let size: (width: Int, height: Int)
  private let words: String

  /// The images of rows of data; nil where these are no images.
  ///
  /// - Parameter given: the shape of flat rows, which other rows than of so many values do not have.
  static func rows(_ rows: [Int], of part: DataPart, shape given: ImageShape?) throws(Failure) -> [InlineImage]? {
    guard let shape = shape(of: part, given: given) else { return nil }
    let zoom = max(1, (shownSize - 1) / max(1, min(shape.width, shape.height)) + 1)
    let files = try RowImages.files(Array(rows.indices), of: part.gathering(rows), shape: shape)
    return zip(rows, files).map { row, bytes in
      InlineImage(bytes: bytes, size: (shape.width * zoom, shape.height * zoom), words: "row \(row)")
    }
  }

  /// The shape of the images that rows are, of one or three channels; nil when they are none.
  static func shape(of part: DataPart, given: ImageShape?) -> ImageShape? {
    guard let shape = (try? ImageShape(of: part.first, given: nil)) ?? (try? ImageShape(of: part.first, given: given)),
      shape.channels == 1 || shape.channels == 3
    else { return nil }
    return shape
  }

  var html: String {
    "<img width=\"\(size.width)\" height=\"\(size.height)\" alt=\"\(HTML.escaped(words))\" "
      + "src=\"data:image/png;base64,\(InlineImage.base64(bytes))\">"
  }

  /// Six bits a character (RFC 4648, section 4).
  private static func base64(_ bytes: [UInt8]) -> String {
    let letters = Array("ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/".utf8)
    var text: [UInt8] = []
    text.reserveCapacity((bytes.count + 2) / 3 * 4)
    for start in stride(from: 0, to: bytes.count, by: 3) {
      let group = (0..<3).map { start + $0 < bytes.count ? Int(bytes[start + $0]) : 0 }
      let bits = group[0] << 16 | group[1] << 8 | group[2]
      let used = min(3, bytes.count - start) + 1
      for i in 0..<4 { text.append(i < used ? letters[bits >> (18 - 6 * i) & 63] : UInt8(ascii: "=")) }
    }
    return String(decoding: text, as: UTF8.self)
  }
}
