import Kernels
import Tensors

extension ElementwiseLoss {
  /// `mse`: (y − t)² (PyTorch's MSELoss).
  static let meanSquaredError = kind(
    "mse", summary: "mean of (y − t)²", answers: .numbers, outputs: .numbers, .squared
  ) { y, t in (y - t) * (y - t) }

  /// `l1`: |y − t|, the mean absolute error (PyTorch's L1Loss).
  static let meanAbsoluteError = kind(
    "l1", summary: "mean of |y − t| (MAE)", answers: .numbers, outputs: .numbers, .absolute
  ) { y, t in abs(y - t) }

  /// `huber`: (y − t)²/2 where |y − t| ≤ delta, else delta·(|y − t| − delta/2) (Huber 1964; PyTorch's HuberLoss).
  static let huber = LossKind(
    "huber", arguments: "DELTA=1", summary: "mean of (y − t)²/2 up to |y − t| = delta, then delta·(|y − t| − delta/2)"
  ) { spec throws(Failure) in
    var reader = SpecReader(spec)
    let delta = try reader.number("delta", positional: true, in: .positive, default: 1)
    let reduction = try reader.reduction()
    try reader.finish()
    return ElementwiseLoss(
      spec: spec, reduction: reduction, answers: .numbers, outputs: .numbers, function: .huber(delta: Float(delta))
    ) { y, t in
      let distance = abs(y - t)
      return distance <= delta ? distance * distance / 2 : delta * (distance - delta / 2)
    }
  }
}
