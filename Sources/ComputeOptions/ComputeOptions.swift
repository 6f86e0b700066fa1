import CommandLine
import Kernels
import Tensors

// What the tools that compute share, and the others do not link: the instruction level and the threads.

extension Option {
  /// `--cpu`.
  public static func cpu(_ path: WritableKeyPath<Values, CommonOptions>) -> Option {
    .parsed(
      "cpu", value: "LEVEL", path.appending(path: \.cpu),
      "vector instructions: \(InstructionLevels.names.joined(separator: ", ")) (default: the last that is here)",
      completion: .words(InstructionLevels.names)
    ) { (text) throws(Failure) in
      let available = InstructionLevels.available.map { $0.name }
      guard available.contains(text) else {
        throw .usage("this processor has \(available.joined(separator: ", "))")
      }
      return text
    }.under("Common")
  }
}

extension CommonOptions {
  /// The threads that were asked for, at the instruction level that was asked for; due before anything is computed.
  public func threadTeam() throws(Failure) -> ThreadTeam {
    if let cpu {
      do throws(InstructionLevelError) { try InstructionLevels.force(cpu) } catch {
        throw .failed("--cpu \(cpu): \(error)")
      }
    }
    flushDenormals()
    return ThreadTeam(threads: threads ?? availableProcessors())
  }
}
