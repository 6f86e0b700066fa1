import Tensors

/// How the predictions of several members become one; of labels, each yes or no for itself, the classes c are yes and no.
public enum Combination: Sendable {
  /// p[c] = Σ_m w_m p_m[c].
  case mean
  /// p[c] ∝ Π_m p_m[c]^{w_m}, the normalised geometric mean (a product of experts, Hinton 2002).
  case geometric
  /// p[c] = Σ_m w_m [c is the most probable class of member m].
  case vote
}

/// The weights of the members; all equal unless they are given.
public struct MemberWeights: Sendable {
  private let given: [Double]?

  /// Equal weights.
  public init() { given = nil }

  /// Given weights.
  ///
  /// - Throws: a usage failure when one is negative or all are zero.
  public init(_ weights: [Double]) throws(Failure) {
    guard weights.allSatisfy({ $0 >= 0 && $0.isFinite }), weights.contains(where: { $0 > 0 }) else {
      throw .usage("weights are numbers from 0, at least one of them above 0")
    }
    given = weights
  }

  /// The sum, when it is not 1 and the weights will be divided by it.
  public var sumToWarnOf: Double? {
    guard let sum = given?.reduce(0, +), abs(sum - 1) > 1e-6 else { return nil }
    return sum
  }

  /// The weight of a member, counted from 0.
  func weight(of member: Int, at place: String) throws(Failure) -> Double {
    guard let given else { return 1 }
    guard member < given.count else {
      throw .usage("--weights: \(given.count) numbers, but \(place) is member \(member + 1)")
    }
    return given[member]
  }

  /// Fails when there are more weights than members.
  func check(members: Int) throws(Failure) {
    if let given, given.count != members {
      throw .usage("--weights: \(given.count) numbers for \(members) \(members == 1 ? "member" : "members")")
    }
  }
}
