#if canImport(Glibc)
  import Glibc
#endif
import Networks
import Tensors

/// Schedules that fall by one formula in t.
enum Decays {
  static let kinds = [
    // PyTorch's ExponentialLR.
    ScheduleKind("exponential", arguments: "FACTOR", summary: "lr · FACTOR^t") { reader throws(Failure) in
      let gamma = try reader.number("factor", positional: true, in: .positive)
      return FactorCurve { t, _ in pow(gamma, t) }
    },
    // With C = 1 Keras's InverseTimeDecay.
    ScheduleKind("power", arguments: "S:C=1", summary: "lr / (1 + t/S)^C") { reader throws(Failure) in
      let scale = try reader.number("scale", positional: true, in: .positive)
      let exponent = try reader.number("exponent", positional: true, in: .positive, default: 1)
      return FactorCurve { t, _ in pow(1 + t / scale, -exponent) }
    },
    // PyTorch's LinearLR.
    ScheduleKind(
      "linear", arguments: "END=0", keys: "start=1 over=T",
      summary: "lr · (start + (END − start)·min(1, t/over))"
    ) { reader throws(Failure) in
      let end = try reader.number("end", positional: true, in: .notNegative, default: 0)
      let start = try reader.number("start", in: .notNegative, default: 1)
      // 0 stands for T.
      let over = Double(try reader.integer("over", in: 1...Network.largestCount, default: 0))
      return FactorCurve(followsTotal: over == 0) { t, total in
        start + (end - start) * min(1, t / (over > 0 ? over : total))
      }
    },
    // Vaswani et al. 2017, with lr for the rate at the peak.
    ScheduleKind(
      "invsqrt", arguments: "WARMUP", summary: "lr · min(n/WARMUP, √(WARMUP/n)), n = t + 1", countsSteps: true,
      takesWarmUp: false
    ) { reader throws(Failure) in
      let warmUp = Double(try reader.integer("warmup", positional: true, in: 1...Network.largestCount))
      return FactorCurve { t, _ in min((t + 1) / warmUp, (warmUp / (t + 1)).squareRoot()) }
    },
  ]
}
