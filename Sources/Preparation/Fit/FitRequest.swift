/// What a stage is to do, before it is fitted.
public struct FitRequest: Sendable {
  /// Which values share a mean and a standard deviation.
  public enum Per: String, CaseIterable, Sendable {
    /// Each value of a row has its own.
    case feature
    /// Each index of the last dimension has its own.
    case channel
    /// All share one.
    case all
  }
  /// How principal coordinates are made of equal variance.
  public enum Whitening: Sendable {
    /// Not at all.
    case none
    /// Each is divided by its standard deviation.
    case pca
    /// The same, and then they are turned back to the axes of the data (Bell and Sejnowski 1997).
    case zca
  }

  /// Subtract the mean.
  public var centers = false
  /// Divide by the standard deviation.
  public var scales = false
  /// Map the least value to 0 and the greatest to 1.
  public var minmax = false
  /// Which values share these numbers.
  public var per = Per.feature
  /// Make one dimension of a row's shape.
  public var flattens = false
  /// Turn to the principal axes and keep so many.
  public var components: ComponentCount?
  /// Make the variances equal.
  public var whitening = Whitening.none
  /// Added to the variances before their roots are divided by; nil is 0 for whitening in the PCA basis, and 10⁻⁵ of
  /// the greatest variance for ZCA.
  public var epsilon: Double?

  /// A request for nothing.
  public init() {}

  /// Whether nothing is asked for.
  public var isEmpty: Bool { !centers && !scales && !minmax && !flattens && !projects }

  /// Whether principal axes are needed.
  public var projects: Bool { components != nil || whitening != .none }

  /// The words for the stage; `kept` is the number of components that the fit keeps.
  func words(shape: [Int], kept: Int?) -> [String] {
    var words: [String] = []
    if centers || projects { words.append("center") }
    if scales { words.append("scale") }
    if minmax { words.append("minmax") }
    if scales || minmax || centers && !projects, per != .feature { words.append("per:\(per.rawValue)") }
    if flattens { words.append("flatten:\(StageWord.text(shape))") }
    if let kept, components != nil || whitening == .pca { words.append("pca:\(kept)") }
    switch whitening {
    case .none: break
    case .pca: words.append("whiten")
    case .zca: words.append("zca")
    }
    return words
  }
}
