// swift-tools-version: 6.0
import PackageDescription

// The arrows of the house point down only:
//   tool -> Training, Preparation, Interchange -> Networks -> ONNX -> Tensors -> Kernels,
// with CommandLine beside them. Plots, which draws what comes of training, and TrainingInput, which reads a model and its
// data for several tools, stand on Training and Preparation; TrainingSession, what is around a run of some minutes or
// days, on Training and CommandLine; ComputeOptions, the options of tools that compute, on CommandLine and Kernels;
// SpecCompletion, what shells offer for specs and layers, on CommandLine and Networks.

// Tools start in a third less time without libstdc++.so, whose 1,600 names the dynamic linker looks up one by one:
// Sources/Linking/libstdc++.so is a linker script that stands for the archive.

/// One folder in Sources a tool, and what it needs beyond CommandLine and Tensors.
let tools: [(name: String, uses: [Target.Dependency])] = [
  ("nn-import", ["Interchange"]),
  ("nn-export", ["Interchange", "Networks", "ONNX", "Preparation"]),
  ("nn-split", ["Preparation"]),
  ("nn-prep", ["Preparation", "ComputeOptions"]),
  ("nn-augment", ["Preparation", "ComputeOptions"]),
  ("nn-init", ["Networks", "SpecCompletion"]),
  ("nn-show", ["Networks"]),
  ("nn-check", ["Training", "TrainingInput", "TrainingSession", "ComputeOptions"]),
  ("nn-train", ["Training", "TrainingInput", "TrainingSession", "ComputeOptions", "SpecCompletion"]),
  ("nn-pretrain", ["Training", "TrainingInput", "TrainingSession", "ComputeOptions", "SpecCompletion"]),
  ("nn-freeze", ["Networks", "Preparation", "SpecCompletion"]),
  ("nn-predict", ["Training", "Preparation", "ComputeOptions", "SpecCompletion"]),
  ("nn-ensemble", ["Training"]),
  ("nn-eval", ["Training"]),
  ("nn-search", ["Search"]),
  ("nn-plot", ["Plots", "Training", "Preparation"]),
  ("nn-report", ["Plots", "Training", "Preparation", "Interchange", "Networks"]),
]

/// The inner loops are one source, `Sources/Kernels/Level`, compiled once per instruction level
/// (each level's folder holds a link to it); `Kernels` chooses one level at start. Every processor of v3 has the
/// product of polynomials (pclmul), and all of v4 but those of 2017 the products of bytes (VNNI), though the levels do
/// not name them.
struct Level {
  var target: String
  var define: String
  var flags: [String] = []
}
#if arch(x86_64)
  let levels = [
    Level(target: "KernelsV2", define: "LEVEL_V2"),
    Level(target: "KernelsV3", define: "LEVEL_V3", flags: ["-Xcc", "-march=x86-64-v3", "-Xcc", "-mpclmul"]),
    Level(
      target: "KernelsV4", define: "LEVEL_V4",
      flags: [
        "-Xcc", "-march=x86-64-v4", "-Xcc", "-mavx512vnni", "-Xcc", "-mpclmul", "-Xcc", "-mprefer-vector-width=512",
      ]),
  ]
#else
  let levels = [Level(target: "KernelsV2", define: "LEVEL_PORTABLE")]
#endif

/// One LLVM module a target, so that everything is inlined and no weak copy of a standard library function
/// is left over for the linker to share between levels; square roots without errno are vectorized.
///
/// A debug build is plain: every level checked, and compiled for any processor.
func unchecked(_ more: [String] = []) -> SwiftSetting {
  .unsafeFlags(
    [
      "-Ounchecked", "-wmo", "-Xfrontend", "-enable-single-module-llvm-emission", "-Xcc", "-fno-math-errno",
    ] + more, .when(configuration: .release))
}

/// Tests see the inside of these libraries in a release build too, so that one build serves tools and tests.
let testable: [SwiftSetting] = [.unsafeFlags(["-enable-testing"])]

let package = Package(
  name: "nn-tools",
  targets: [
    .systemLibrary(name: "CInstructions"),
    .systemLibrary(name: "COpenBLAS"),
    .systemLibrary(name: "CScheduler"),
    .systemLibrary(name: "CZlib"),
    .target(name: "KernelInterface", swiftSettings: [unchecked()]),
    .target(
      name: "Kernels",
      dependencies: ["COpenBLAS", "CScheduler", "KernelInterface"] + levels.map { .init(stringLiteral: $0.target) },
      exclude: ["Level"],
      swiftSettings: [unchecked()]),
  ]
    + levels.map {
      .target(
        name: $0.target,
        dependencies: ["CInstructions", "KernelInterface"],
        swiftSettings: [.define($0.define), unchecked($0.flags)])
    }
    + [
      .target(name: "Tensors", dependencies: ["CZlib", "Kernels"], swiftSettings: testable),
      .target(name: "CommandLine", dependencies: ["Tensors"], swiftSettings: testable),
      .target(name: "Interchange", dependencies: ["Tensors", "Kernels", "CZlib"], swiftSettings: testable),
      .target(name: "ONNX", dependencies: ["Tensors"]),
      .target(name: "Networks", dependencies: ["Tensors", "Kernels", "ONNX"]),
      .target(name: "Training", dependencies: ["Networks", "Tensors", "Kernels"], swiftSettings: testable),
      .target(name: "Preparation", dependencies: ["Tensors", "Kernels", "ONNX"], swiftSettings: testable),
      .target(name: "Search", dependencies: ["Tensors", "Kernels"], swiftSettings: testable),
      .target(name: "ComputeOptions", dependencies: ["CommandLine", "Kernels", "Tensors"]),
      .target(name: "SpecCompletion", dependencies: ["CommandLine", "Networks", "Tensors"]),
      .target(name: "Plots", dependencies: ["Training", "Preparation", "Tensors"], swiftSettings: testable),
      .target(name: "TrainingInput", dependencies: ["Training", "Preparation"]),
      .target(name: "TrainingSession", dependencies: ["Training", "CommandLine", "SpecCompletion"]),
    ]
    + tools.map {
      .executableTarget(
        name: $0.name,
        dependencies: ["CommandLine", "Tensors"] + $0.uses,
        linkerSettings: [
          .unsafeFlags([
            "-static-stdlib", "-L\(Context.packageDirectory)/Sources/Linking",
            // Memory that is gone ends a tool in one line: see Kernels/OutOfMemory.swift.
            "-Xlinker", "--wrap=malloc",
          ])
        ])
    }
    + [
      // What the tests read of Tests/Fixtures/golden.
      .target(name: "GoldenValues", dependencies: ["Networks", "Tensors"], path: "Tests/GoldenValues"),
      .testTarget(name: "KernelsTests", dependencies: ["Kernels"]),
      .testTarget(name: "TensorsTests", dependencies: ["Tensors", "CZlib", "Kernels"]),
      .testTarget(name: "InterchangeTests", dependencies: ["Interchange", "Tensors"]),
      .testTarget(name: "NetworksTests", dependencies: ["Networks", "Tensors", "GoldenValues"]),
      .testTarget(name: "TrainingTests", dependencies: ["Training", "Networks", "Tensors", "GoldenValues"]),
      .testTarget(name: "PreparationTests", dependencies: ["Preparation", "Tensors", "Kernels", "GoldenValues"]),
      .testTarget(name: "SearchTests", dependencies: ["Search", "Tensors", "GoldenValues"]),
      .testTarget(name: "PlotsTests", dependencies: ["Plots", "Training", "Tensors"]),
      .testTarget(name: "CommandLineTests", dependencies: ["CommandLine", "Tensors"]),
      // Runs the built tools: the case folders under Tests/Tools, the conventions over every tool, and the registries'
      // entries one by one.
      .testTarget(name: "ToolTests", dependencies: ["Training", "Networks", "Tensors", "Kernels", "GoldenValues"]),
    ]
)
