@testable import Interchange
@testable import Tensors

/// PNG images: as they come; with the checksums of their chunks mended, so that what is inside them is reached; and the
/// rows of pixels that the rest, taken as already inflated, makes under a header of its first bytes.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  switch input.byte() % 3 {
  case 0: answers { () throws(Failure) in _ = try imported(OutsideFile(input.source())) }
  case 1:
    let mended = mend(Array(input.rest))
    _ = mended.withUnsafeBytes { view in
      answers { () throws(Failure) in _ = try imported(OutsideFile(ByteSource(view, name: "input", piece: nil))) }
    }
  default: pixels(&input)
  }
  return 0
}

/// The bytes with the right checksum after each chunk.
private func mend(_ bytes: [UInt8]) -> [UInt8] {
  var result = bytes
  var position = 8
  while result.count - position >= 12 {
    let length = result[position..<position + 4].reduce(0) { $0 << 8 | Int($1) }
    guard length <= result.count - position - 12 else { break }
    let end = position + 8 + length
    let checksum = result[position + 4..<end].withUnsafeBytes { Checksum.of($0) }
    for i in 0..<4 { result[end + i] = UInt8(truncatingIfNeeded: checksum >> UInt(24 - 8 * i)) }
    position = end + 4
  }
  return result
}

private func pixels(_ input: inout Input) {
  var header = [UInt8](repeating: 0, count: 13)
  (header[3], header[7]) = (UInt8(input.byte() % 64), UInt8(input.byte() % 64))
  (header[8], header[9]) = (UInt8(input.byte()), UInt8(input.byte() % 8))
  let palette = (0..<3 * (input.byte() % 8)).map { UInt8($0) }
  answers { () throws(Failure) in
    let header = try header.withUnsafeBufferPointer { (view) throws(Failure) in
      try PNGHeader(UnsafeRawBufferPointer(view))
    }
    let rows = (0..<header.filteredBytes).map { input.rest.isEmpty ? 0 : input.rest[$0 % input.rest.count] }
    let image = try PNG.image(header, rows, palette: palette, opacity: [])
    require(image.pixels.count == image.height * image.width * image.channels, "another size than declared")
    for channels in [1, 3] {
      let made = image.converted(channels: channels).fitted(height: 5, width: 7)
      require(made.pixels.count == 35 * channels, "another size than asked for")
    }
  }
}
