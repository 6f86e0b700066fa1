import Kernels
import Testing

/// The tests of everything that computes, run again at each instruction level below the one that they run at anyway.
@Suite("Instruction levels")
struct LevelTests {
  @Test("golden values, references and gradients", arguments: InstructionLevels.available.dropLast().map { $0.name })
  func holds(_ level: String) {
    let suites = ["KernelsTests.LevelTests", "NetworksTests", "TrainingTests", "PreparationTests"]
    let filter = suites.map { "--filter ^\($0)" }.joined(separator: " ")
    let directory = Scratch()
    let tests = Command(
      script: "exec \(quoted(Places.executable)) --testing-library swift-testing \(filter)",
      directory: directory.path, environment: ["NN_TEST_CPU": level], seconds: 600)
    let outcome = tests.run()
    #expect(outcome.status == 0, "\(outcome.text)\(outcome.errors)")
    #expect("\(outcome.text)\(outcome.errors)".contains("passed"), "no test was run")
  }
}
