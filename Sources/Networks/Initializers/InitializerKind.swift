import Kernels
import Tensors

/// A kind of initialiser: what its text looks like, and how it draws.
public struct InitializerKind: Kind {
  /// See `Kind`.
  public static let noun = "initialiser"
  /// What its text looks like.
  public let signature: Signature
  /// Whether it makes matrices only.
  public let needsMatrix: Bool
  /// Takes the arguments.
  let make: @Sendable (inout InitializerArguments) throws(Failure) -> Initializer.Draw

  init(
    _ name: String, arguments: String = "", summary: String, needsMatrix: Bool = false,
    make: @escaping @Sendable (inout InitializerArguments) throws(Failure) -> Initializer.Draw
  ) {
    signature = Signature(name, arguments: arguments, summary: summary)
    self.needsMatrix = needsMatrix
    self.make = make
  }

  /// Every kind of initialiser.
  public static let all: [InitializerKind] = plain + scaled + matrices

  /// Other names of some kinds, as PyTorch has them.
  static let otherNames = [
    "xavier_uniform": "glorot_uniform", "xavier_normal": "glorot_normal", "kaiming_uniform": "he_uniform",
    "kaiming_normal": "he_normal",
  ]
}
