#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// Schedules that are constant in pieces.
enum Pieces {
  static let kinds = [
    ScheduleKind("constant", summary: "lr") { _ throws(Failure) in FactorCurve { _, _ in 1 } },
    // PyTorch's StepLR.
    ScheduleKind("step", arguments: "N:FACTOR=0.1", summary: "lr · FACTOR^⌊t/N⌋") { reader throws(Failure) in
      let every = try reader.integer("every", positional: true, in: 1...Int.max)
      let gamma = try reader.number("factor", positional: true, in: .positive, default: 0.1)
      return FactorCurve { t, _ in pow(gamma, (t / Double(every)).rounded(.down)) }
    },
    ScheduleKind(
      "piecewise", arguments: "BORDER:FACTOR[:BORDER:FACTOR ...]",
      summary: "lr up to the first BORDER; lr · FACTOR from t = BORDER on"
    ) { reader throws(Failure) in
      let pieces = try pieces(&reader)
      return FactorCurve { t, _ in pieces.last { $0.border <= t }?.factor ?? 1 }
    },
  ]

  private static func pieces(
    _ reader: inout SpecReader
  ) throws(Failure) -> [(border: Double, factor: Double)] {
    let texts = reader.remainingValues()
    guard !texts.isEmpty, texts.count.isMultiple(of: 2) else {
      throw reader.failure("pairs of a border and a factor are due, such as piecewise:10:0.1:20:0.01")
    }
    var pieces: [(border: Double, factor: Double)] = []
    for i in stride(from: 0, to: texts.count, by: 2) {
      do throws(Failure) {
        let border = try Numbers.integer(texts[i], in: 1...Network.largestCount)
        pieces.append((Double(border), try Numbers.number(texts[i + 1], in: .notNegative)))
      } catch {
        throw reader.failure("'\(texts[i]):\(texts[i + 1])': \(error.message)")
      }
      guard i == 0 || pieces[pieces.count - 2].border < pieces[pieces.count - 1].border else {
        throw reader.failure("border '\(texts[i])': the borders have to rise")
      }
    }
    return pieces
  }
}
