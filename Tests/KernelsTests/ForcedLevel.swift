import Glibc
import Kernels

/// The instruction level that the environment asks these tests to run at: ToolTests/LevelTests runs them at each.
let askedLevel: String? = getenv("NN_TEST_CPU").map { String(cString: $0) }

/// A level has to be chosen before the kernels' first use, and tests begin in any order: so the system calls this
/// before main, as an entry of its table of initializers.
@section(".init_array") @used
private let chooseLevel: @convention(c) () -> Void = {
  if let askedLevel { try? InstructionLevels.force(askedLevel) }
}
