import Kernels
import Testing

@Suite struct LevelTests {
  @Test func choice() throws {
    #expect(kernels.name == askedLevel ?? levels.last?.name)
    #expect(InstructionLevels.names.starts(with: levels.map { $0.name }))
    try InstructionLevels.force(kernels.name)
    #expect(throws: InstructionLevelError.self) { try InstructionLevels.force("v9") }
  }

  @Test func paddedWidths() {
    #expect(panelCount(1) == 1 && panelCount(16) == 1 && panelCount(17) == 2)
    #expect(
      [1, 16, 100, 128, 256, 300, 784, 1024].map(paddedWidth) == [16, 16, 112, 128, 272, 304, 784, 1040])
  }
}
