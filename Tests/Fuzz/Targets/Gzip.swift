@testable import Interchange
@testable import Tensors

/// Anything inside gzip data, as nn-import takes it from a file or a pipe.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  answers { () throws(Failure) in _ = try imported(OutsideFile(input.source())) }
  return 0
}
