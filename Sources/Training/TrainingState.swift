import Networks
import Tensors

/// Where a run stands: all of it, so that a run that is killed and resumed ends with the bytes of one that was not.
/// (Random numbers need no state: they are functions of seed, epoch and step.)
struct TrainingState: Equatable {
  /// Epochs completed since the model was made.
  var epoch = 0
  /// The epoch in which this run began.
  var firstEpoch = 0
  /// Steps taken since the model was made.
  var step = 0
  /// The step at which this run began.
  var firstStep = 0
  /// Rows of the current epoch that are done.
  var position = 0
  /// Sums over the current epoch.
  var tally = Tally()
  var largestGradientNorm = 0.0
  /// Sums of the norms of the parameters' gradients over the current epoch's steps; empty when nobody asked.
  var gradientNorms: [Double] = []
  /// The best score of the run, the lower the better, and the epoch it was reached in.
  var best = Double.infinity
  var bestEpoch = 0
  /// Where a schedule stands that follows the run.
  var plateau = Plateau.State()
  /// How many sets of parameters are in the average.
  var averaged = 0
  /// Whether the run is over.
  var isFinished = false

  private static var integers: [(String, WritableKeyPath<TrainingState, Int>)] {
    [
      ("epoch", \.epoch), ("first_epoch", \.firstEpoch), ("step", \.step), ("first_step", \.firstStep),
      ("position", \.position), ("judged", \.tally.judged), ("correct", \.tally.correct),
      ("best_epoch", \.bestEpoch), ("plateau_bad_epochs", \.plateau.badEpochs),
      ("plateau_cooling_epochs", \.plateau.coolingEpochs), ("averaged", \.averaged),
    ]
  }
  private static var numbers: [(String, WritableKeyPath<TrainingState, Double>)] {
    [
      ("loss_sum", \.tally.loss), ("loss_terms", \.tally.terms), ("gradient_norm", \.largestGradientNorm),
      ("best", \.best), ("plateau_factor", \.plateau.factor), ("plateau_best", \.plateau.best),
    ]
  }

  /// The state as tensors of a checkpoint.
  var tensors: [String: Tensor] {
    var result: [String: Tensor] = [:]
    for (name, path) in TrainingState.integers {
      result["state." + name] = Tensor([Int64(self[keyPath: path])], shape: [])
    }
    for (name, path) in TrainingState.numbers { result["state." + name] = Tensor([self[keyPath: path]], shape: []) }
    if !gradientNorms.isEmpty {
      result["state.gradient_norms"] = Tensor(gradientNorms, shape: [gradientNorms.count])
    }
    result["state.finished"] = Tensor([Int64(isFinished ? 1 : 0)], shape: [])
    return result
  }

  /// The two numbers that a finished model keeps, so that training it further goes on from there.
  var continuation: [String: Tensor] { tensors.filter { $0.key == "state.epoch" || $0.key == "state.step" } }

  init() {}

  /// The state in a frame's tensors; what is absent stays at its beginning.
  init(frame: Frame) throws(Failure) {
    for (name, path) in TrainingState.integers {
      guard let tensor = frame.tensors["state." + name] else { continue }
      guard let value = tensor.integers, value.count == 1, (0...Network.largestCount).contains(Int(value[0])) else {
        throw .input("\(frame.place): 'state.\(name)' is not a count")
      }
      self[keyPath: path] = Int(value[0])
    }
    for (name, path) in TrainingState.numbers {
      guard let tensor = frame.tensors["state." + name] else { continue }
      guard tensor.count == 1 else { throw .input("\(frame.place): 'state.\(name)' is not a number") }
      self[keyPath: path] = tensor.doubles[0]
    }
    gradientNorms = frame.tensors["state.gradient_norms"]?.doubles ?? []
    isFinished = frame.tensors["state.finished"]?.integers == [1]
  }
}
