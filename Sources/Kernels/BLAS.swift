import COpenBLAS
import Glibc

/// OpenBLAS, opened on first use and kept to one thread (the callers' teams divide the work).
public struct BLAS: Sendable {
  /// Whether a matrix is used as it is stored or transposed.
  public enum Form: Sendable {
    case plain, transposed

    fileprivate var code: CBLAS_TRANSPOSE { self == .plain ? CblasNoTrans : CblasTrans }
  }

  let sgemmFunction: sgemm_function
  let dgemmFunction: dgemm_function
  let dsyevdFunction: dsyevd_function
  let dgeqrfFunction: dgeqrf_function
  let dorgqrFunction: dorgqr_function

  private static let opened: Result<BLAS, BLASError> = {
    do throws(BLASError) {
      return .success(try BLAS(opening: "libopenblas.so.0"))
    } catch {
      return .failure(error)
    }
  }()

  /// The library, opened at the first call.
  public static func open() throws(BLASError) -> BLAS { try opened.get() }

  /// OpenBLAS's name of a processor that has our level and no more; it chooses by the processor at hand otherwise.
  private static func core(ofLevel name: String) -> String? {
    ["v2": "Prescott", "v3": "Haswell", "v4": "SkylakeX"][name]
  }

  private init(opening name: String) throws(BLASError) {
    // Read when the library is loaded: without it, it starts a thread for every processor.
    setenv("OPENBLAS_NUM_THREADS", "1", 1)
    if let core = InstructionLevels.forced.flatMap(Self.core(ofLevel:)) { setenv("OPENBLAS_CORETYPE", core, 1) }
    guard let library = dlopen(name, RTLD_NOW | RTLD_LOCAL) else { throw .missing(name) }
    func find<Function>(_ symbol: String, as type: Function.Type) throws(BLASError) -> Function {
      guard let address = dlsym(library, symbol) else { throw .incomplete(name, symbol) }
      return unsafeBitCast(address, to: type)
    }
    let setThreads = try find("openblas_set_num_threads", as: openblas_set_num_threads_function.self)
    let getThreads = try find("openblas_get_num_threads", as: openblas_get_num_threads_function.self)
    setThreads(1)
    guard getThreads() == 1 else { throw .threads(name, Int(getThreads())) }
    sgemmFunction = try find("cblas_sgemm", as: sgemm_function.self)
    dgemmFunction = try find("cblas_dgemm", as: dgemm_function.self)
    dsyevdFunction = try find("dsyevd_", as: dsyevd_function.self)
    dgeqrfFunction = try find("dgeqrf_", as: dgeqrf_function.self)
    dorgqrFunction = try find("dorgqr_", as: dorgqr_function.self)
  }

  /// C = alpha·A·B + beta·C, row-major: A [m, k] (stored [k, m] where transposed), B [k, n] (stored
  /// [n, k]), C [m, n]; ld are the lengths of the stored rows.
  public func gemm(
    _ formA: Form = .plain, _ formB: Form = .plain, m: Int, n: Int, k: Int, alpha: Float = 1,
    a: UnsafePointer<Float>, lda: Int, b: UnsafePointer<Float>, ldb: Int, beta: Float = 0,
    c: UnsafeMutablePointer<Float>, ldc: Int
  ) {
    sgemmFunction(
      CblasRowMajor, formA.code, formB.code, blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b,
      blasint(ldb), beta, c, blasint(ldc))
  }

  /// C = alpha·A·B + beta·C in Double; see the Float version.
  public func gemm(
    _ formA: Form = .plain, _ formB: Form = .plain, m: Int, n: Int, k: Int, alpha: Double = 1,
    a: UnsafePointer<Double>, lda: Int, b: UnsafePointer<Double>, ldb: Int, beta: Double = 0,
    c: UnsafeMutablePointer<Double>, ldc: Int
  ) {
    dgemmFunction(
      CblasRowMajor, formA.code, formB.code, blasint(m), blasint(n), blasint(k), alpha, a, blasint(lda), b,
      blasint(ldb), beta, c, blasint(ldc))
  }
}

/// Why OpenBLAS could not be used.
public enum BLASError: Error, CustomStringConvertible {
  /// The library is not installed.
  case missing(String)
  /// The library lacks a function.
  case incomplete(String, String)
  /// The library does not keep to one thread.
  case threads(String, Int)
  /// An eigenvalue decomposition failed.
  case eigen(Int)

  /// The reason in a sentence.
  public var description: String {
    switch self {
    case .missing(let name): "\(name) not found: apt-get install libopenblas0"
    case .incomplete(let name, let symbol): "\(name) has no function \(symbol)"
    case .threads(let name, let count): "\(name) works with \(count) threads where one was asked for"
    case .eigen(let info): "the eigenvalue decomposition did not converge (LAPACK's info is \(info))"
    }
  }
}
