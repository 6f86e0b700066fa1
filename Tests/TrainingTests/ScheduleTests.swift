import GoldenValues
import Networks
import Tensors
import Testing

@testable import Training

/// Schedules and early stopping against PyTorch's and Keras's, from the files of Tests/Fixtures/schedules.py.
@Suite struct ScheduleTests {
  static let names = Golden.names("schedule-")

  /// The schedule of a golden file; a table lies in the same folder.
  static func schedule(_ frame: Frame) throws -> Schedule {
    let text = try #require(frame.metadata["schedule"])
    let parts = text.split(separator: ":", maxSplits: 1).map(String.init)
    var schedule = try Schedule(parsing: parts[0] == "table" ? "table:\(Golden.folder)/\(parts[1])" : text)
    try schedule.load()
    return schedule
  }

  @Test("every schedule has golden values", arguments: ScheduleKind.names)
  func isCovered(_ name: String) throws {
    let specs = try ScheduleTests.names.map { try Spec(parsing: try #require(Golden.read($0).metadata["schedule"])) }
    #expect(specs.contains { $0.name == name })
  }

  @Test("gives PyTorch's or Keras's values, to 1e-7", arguments: names)
  func agrees(_ name: String) throws {
    let frame = try Golden.read(name)
    let schedule = try ScheduleTests.schedule(frame)
    let (rates, momenta) = (try frame.tensor("rates").doubles, frame.tensors["momenta"]?.doubles)
    let values = frame.tensors["values"]?.doubles
    let (base, total) = (try Golden.number("lr", frame), Int(try Golden.number("total", frame)))
    var state = Plateau.State()
    #expect(rates.count == 200)
    #expect((schedule.plateau == nil) == (values == nil))
    for (t, expected) in rates.enumerated() {
      let value = schedule.value(base: base, at: t, of: total)
      let rate = value.learningRate * state.factor
      #expect(abs(rate - expected) <= 1e-7 * expected, "\(rate), not \(expected) at \(t)")
      #expect((value.momentum == nil) == (momenta == nil))
      if let momentum = value.momentum, let expected = momenta?[t] {
        #expect(abs(momentum - expected) <= 1e-7 * expected, "momentum \(momentum), not \(expected) at \(t)")
      }
      if let plateau = schedule.plateau, let values {
        plateau.observe(values[t], prefersHigher: plateau.monitor?.prefersHigher ?? false, base: base, &state)
      }
    }
  }

  @Test("is finite and not negative for short runs and long warm-ups", arguments: names)
  func holdsAtTheEdges(_ name: String) throws {
    let frame = try Golden.read(name)
    let schedule = try ScheduleTests.schedule(frame)
    for total in [1, 2, 3, 7] {
      for t in 0..<total {
        let value = schedule.value(base: 1, at: t, of: total)
        #expect(value.learningRate >= 0 && value.learningRate.isFinite, "\(value) at \(t) of \(total)")
        let momentum = value.momentum ?? 0
        #expect(momentum >= 0 && momentum < 1)
      }
    }
  }

  @Test func aTableIsKnownByItsContent() throws {
    func identity(_ name: String) throws -> String {
      var schedule = try Schedule(parsing: "table:\(Golden.folder)/\(name),by=step")
      try schedule.load()
      return schedule.identity
    }
    let first = try identity("schedule-table.txt")
    #expect(first.hasPrefix("table:crc32-") && first.hasSuffix(",by=step"))
    #expect(try identity("schedule-table-steps.txt") != first)
    #expect(try identity("../golden/schedule-table.txt") == first)
  }

  @Test("early stopping stops where Keras's does, and its best epoch is the same")
  func stopsLikeKeras() throws {
    let frame = try Golden.read("stop-early")
    let (values, cases) = (try frame.tensor("values").doubles, try frame.tensor("cases"))
    for row in 0..<cases.rows {
      let numbers = Array(cases.doubles[(row * 5)..<(row * 5 + 5)])
      let (patience, prefersHigher) = (Int(numbers[0]), numbers[2] == 1)
      var state = TrainingState()
      for value in values {
        state.epoch += 1
        _ = state.judge(
          prefersHigher ? -value : value, prefersHigher: prefersHigher, minimumImprovement: numbers[1])
        if state.hasStalled(patience: patience) { break }
      }
      #expect(state.epoch == Int(numbers[3]), "patience \(patience)")
      #expect(state.bestEpoch == Int(numbers[4]), "patience \(patience)")
    }
  }
}
