import KernelInterface

/// The kernels as compiled for this module's instruction level.
///
/// Everything here must be inlined into the static functions of `Level`: a shared helper that stays a
/// function of its own, or a specialization of a generic one, would be a weak symbol, of which the
/// linker keeps one copy for all levels (Tests/check-weak-symbols.sh looks for them).
///
/// Denormal numbers are computed exactly unless the thread counts them as 0 (see `flushDenormals`), as the tools do.
public enum Level: InstructionLevel {
  /// The level's name.
  public static var name: String {
    #if LEVEL_V4
      "v4"
    #elseif LEVEL_V3
      "v3"
    #elseif LEVEL_V2
      "v2"
    #else
      "portable"
    #endif
  }
}
