@testable import Interchange
@testable import Tensors

/// NumPy arrays, as nn-import takes them from a file or a pipe.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  var input = Input(bytes, count)
  answers { () throws(Failure) in
    let file = try OutsideFile(input.source())
    // Past the look at the first bytes, too, by which a file is told from others.
    if file.content != .npy { _ = try NPY.read(file) } else { _ = try imported(file) }
  }
  return 0
}
