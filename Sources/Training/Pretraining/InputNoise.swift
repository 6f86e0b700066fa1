import Tensors

/// What is done to the inputs that an autoencoder is to give back as they were.
public enum InputNoise: Equatable, Sendable {
  /// Normal noise of a standard deviation is added to each input (Vincent et al. 2010).
  case gaussian(Double)
  /// Each input becomes 0 with a probability (Vincent et al. 2008).
  case masking(Double)
  /// Each input becomes, with a probability, 0 or 1 at the toss of a coin (Vincent et al. 2010).
  case saltAndPepper(Double)
  /// As `masking`, and only the inputs that were masked are to be given back (Pathak et al. 2016, Devlin et al. 2019).
  case hiding(Double)

  /// Reads `P` (masking), `masking:P`, `gaussian:STD` or `saltpepper:P`.
  public init(parsing text: String) throws(Failure) {
    let parts = text.split(separator: ":", omittingEmptySubsequences: false).map(String.init)
    switch (parts.count, parts[0]) {
    case (1, _): self = .masking(try InputNoise.probability(text))
    case (2, "masking"): self = .masking(try InputNoise.probability(parts[1]))
    case (2, "saltpepper"): self = .saltAndPepper(try InputNoise.probability(parts[1]))
    case (2, "gaussian"): self = .gaussian(try Numbers.number(parts[1], in: .positive))
    default:
      let names = ["masking", "gaussian", "saltpepper"]
      throw .usage(Nearest.unknown(parts[0], "noise", among: names))
    }
  }

  /// The probability with which an input is changed: above 0 and below 1.
  public static func probability(_ text: String) throws(Failure) -> Double {
    guard let value = try? Numbers.number(text, in: .belowOne), value > 0 else {
      throw .usage("a number above 0 and below 1 is due")
    }
    return value
  }

  /// The text that reads back as this noise; that of `hiding` is the probability.
  public var description: String {
    switch self {
    case .gaussian(let deviation): "gaussian:\(Numbers.text(deviation))"
    case .masking(let p): "masking:\(Numbers.text(p))"
    case .saltAndPepper(let p): "saltpepper:\(Numbers.text(p))"
    case .hiding(let p): Numbers.text(p)
    }
  }
}
