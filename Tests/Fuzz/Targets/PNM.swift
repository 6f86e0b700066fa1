@testable import Interchange
@testable import Tensors

/// PGM and PPM images, from a file or a pipe, resized.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  var settings = ImportSettings()
  let choice = input.byte()
  if choice & 1 != 0 { settings.images.size = [choice >> 4 + 1, choice >> 2 & 7 + 1] }
  if choice & 2 != 0 { settings.images.channels = 3 }
  answers { () throws(Failure) in _ = try imported(OutsideFile(input.source()), settings) }
  return 0
}
