@testable import Interchange
@testable import Tensors

/// NumPy archives: the directory, every entry, and what nn-import makes of them.
@_cdecl("LLVMFuzzerTestOneInput")
public func fuzz(_ bytes: UnsafePointer<UInt8>?, _ count: Int) -> Int32 {
  let input = Input(bytes, count)
  answers { () throws(Failure) in
    let archive = try ZIPReader(try input.source(piece: nil).readAll(), place: "input")
    for entry in archive.entries.prefix(8) {
      answers { () throws(Failure) in
        require(try archive.contents(of: entry).count == entry.size, "another size than declared")
      }
    }
  }
  answers { () throws(Failure) in _ = try imported(OutsideFile(input.source(piece: nil))) }
  return 0
}
