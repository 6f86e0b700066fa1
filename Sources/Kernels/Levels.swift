import Glibc
@_exported import KernelInterface
import KernelsV2
import Synchronization

#if arch(x86_64)
  import KernelsV3
  import KernelsV4
#endif

/// The kernels of the instruction level in use: the highest this processor has, or the one forced before
/// the first use.
public let kernels: any InstructionLevel.Type = InstructionLevels.choose()

/// The instruction levels of this processor and the choice among them.
public enum InstructionLevels {
  /// Every level this processor can run, lowest first.
  public static let available: [any InstructionLevel.Type] = {
    #if arch(x86_64)
      let flags = processorFlags()
      var levels: [any InstructionLevel.Type] = [KernelsV2.Level.self]
      if flags.isSuperset(of: ["avx2", "fma", "bmi2", "f16c", "pclmulqdq"]) {
        levels.append(KernelsV3.Level.self)
        if flags.isSuperset(of: ["avx512f", "avx512bw", "avx512cd", "avx512dq", "avx512vl", "avx512_vnni"]) {
          levels.append(KernelsV4.Level.self)
        }
      }
      return levels
    #else
      return [KernelsV2.Level.self]
    #endif
  }()

  /// The names of all levels that this build has, lowest first, whatever the processor.
  public static let names: [String] = {
    #if arch(x86_64)
      ["v2", "v3", "v4"]
    #else
      [KernelsV2.Level.name]
    #endif
  }()

  /// The name of the level that was forced.
  static var forced: String? { choice.withLock { $0.forced?.name } }

  /// Makes `kernels` the level of that name ("v2", "v3", "v4"); to be called before `kernels` is used.
  public static func force(_ name: String) throws(InstructionLevelError) {
    guard let level = available.first(where: { $0.name == name }) else {
      throw .unavailable(name, available: available.map { $0.name })
    }
    let inTime = choice.withLock { choice in
      if choice.used { return false }
      choice.forced = level
      return true
    }
    if !inTime && kernels.name != name { throw .alreadyChosen(kernels.name) }
  }

  fileprivate static func choose() -> any InstructionLevel.Type {
    choice.withLock { choice in
      choice.used = true
      return choice.forced ?? available[available.count - 1]
    }
  }

  private static let choice = Mutex<(forced: (any InstructionLevel.Type)?, used: Bool)>((nil, false))

  /// The flags of the first processor in the first 4 KiB of /proc/cpuinfo.
  private static func processorFlags() -> Set<Substring> {
    let text = beginningOfFile("/proc/cpuinfo")
    let line = text.split(separator: "\n").first { $0.hasPrefix("flags") } ?? ""
    return Set(line.split(separator: " "))
  }
}

/// The first 4 KiB of a text file, or nothing.
func beginningOfFile(_ path: String) -> String {
  let file = open(path, O_RDONLY | O_CLOEXEC)
  guard file >= 0 else { return "" }
  defer { close(file) }
  return String(unsafeUninitializedCapacity: 4096) { max(0, read(file, $0.baseAddress, 4096)) }
}

/// Why an instruction level could not be forced.
public enum InstructionLevelError: Error, CustomStringConvertible {
  /// This processor does not have the level.
  case unavailable(String, available: [String])
  /// The kernels were already in use at another level.
  case alreadyChosen(String)

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .unavailable(let name, let available):
      "no instruction level \(name) on this processor; it has \(available.joined(separator: ", "))"
    case .alreadyChosen(let name):
      "the instruction level must be chosen before the first use; \(name) is in use"
    }
  }
}
