/// What metrics are, for readers who meet them for the first time.
enum MetricWords {
  /// A metric's name as words.
  static func title(_ name: String) -> String { name == "r2" ? "R²" : name.replacing("_", with: " ") }

  private static let words: [String: String] = [
    "accuracy": "share of rows whose most probable class is the true one",
    "nll": "mean of −ln p of the true class; the less the better",
    "brier": "mean squared distance of the probabilities from the truth; from 0 to 2, the less the better",
    "ece": "how far confidence and accuracy are apart; the less the better",
    "balanced_accuracy": "mean of the classes' recalls",
    "macro_precision": "of the rows taken for a class, the share that is of it; plain mean over classes",
    "macro_recall": "of the rows of a class, the share that was found; plain mean over classes",
    "macro_f1": "harmonic mean of precision and recall; plain mean over classes",
    "weighted_precision": "precision, classes weighted by their rows",
    "weighted_recall": "recall, classes weighted by their rows",
    "weighted_f1": "F1, classes weighted by their rows",
    "hamming_accuracy": "share of the answers, yes or no, that are right",
    "exact_match": "share of rows all of whose labels are right",
    "bce": "mean cross-entropy of an answer; the less the better",
    "micro_precision": "of all labels that were predicted, the share that is true",
    "micro_recall": "of all labels that are true, the share that was predicted",
    "micro_f1": "harmonic mean of these",
    "mae": "mean absolute error, in the unit of the target",
    "mse": "mean squared error",
    "rmse": "root of the mean squared error, in the unit of the target",
    "r2": "share of the target's variance that is predicted; 1 is perfect, 0 no better than the mean",
  ]

  /// What a metric is; nothing for names that say it.
  static func explanation(_ name: String) -> String { words[name] ?? "" }
}
