import Kernels
import Tensors

/// The sizes of a convolution, of which everything else about it follows.
struct ConvolutionShape: Equatable, Sendable {
  var height: Int
  var width: Int
  var channels: Int
  var outputs: Int
  var kernelHeight: Int
  var kernelWidth: Int
  var stride: Int
  var dilation: Int
  var groups: Int
  /// Rows of zeros above the image, and columns of zeros before it.
  var top: Int
  var left: Int
  var outputHeight: Int
  var outputWidth: Int

  /// Whether each output has an input of its own: the channels stay apart, and are worked on side by side.
  var isDepthwise: Bool { groups > 1 && groups == channels && outputs == channels }
  /// Groups as the kernels see them, with their outputs and the channels that each output sees.
  var kernelGroups: (count: Int, outputs: Int, channels: Int) {
    isDepthwise ? (1, outputs, 1) : (groups, outputs / groups, channels / groups)
  }
  /// Terms of the sum of each output.
  var terms: Int { kernelHeight * kernelWidth * channels / groups }

  /// Reads the values and keys of a `conv` line.
  init(_ reader: inout SpecReader, spec: Spec, input: [Int]) throws(Failure) {
    (height, width, channels) = try Shape.image(input, for: spec)
    outputs = try reader.integer("channels", positional: true, in: 1...1_000_000)
    (kernelHeight, kernelWidth) = try reader.window("kernel", of: "conv:32:3x3")
    stride = try reader.integer("stride", in: 1...1024, default: 1)
    dilation = try reader.integer("dilation", in: 1...1024, default: 1)
    groups = try reader.integer("groups", in: 1...1_000_000, default: 1)
    guard channels % groups == 0, outputs % groups == 0 else {
      throw reader.failure("\(channels) channels and \(outputs) outputs cannot be divided into \(groups) groups")
    }
    (top, left) = (0, 0)
    var (bottom, right) = (0, 0)
    switch try reader.text("pad") ?? "valid" {
    case "valid": break
    case "same":
      guard stride == 1 else { throw reader.failure("pad=same is for stride 1; pad=1 goes with a kernel of 3x3") }
      let (rows, columns) = (dilation * (kernelHeight - 1), dilation * (kernelWidth - 1))
      (top, left) = (rows / 2, columns / 2)
      (bottom, right) = (rows - top, columns - left)
    case let text:
      guard let count = Int(text), String(count) == text, (0...1024).contains(count) else {
        throw reader.failure("pad '\(text)': valid, same or a number from 0 to 1024 is due")
      }
      (top, left, bottom, right) = (count, count, count, count)
    }
    let (rows, columns) = (dilation * (kernelHeight - 1) + 1, dilation * (kernelWidth - 1) + 1)
    guard rows <= height + top + bottom, columns <= width + left + right else {
      throw reader.failure("a kernel over \(rows)x\(columns) does not fit an image of \(Shape.text(input))")
    }
    outputHeight = (height + top + bottom - rows) / stride + 1
    outputWidth = (width + left + right - columns) / stride + 1
    let isTooLarge = outputHeight * outputWidth > (1 << 28) / outputs
    guard !isTooLarge else { throw reader.failure("more than 2²⁸ values a row") }
  }
}

extension SpecReader {
  /// Height and width of a window, which stand after the values before them as one number or as two joined by x.
  mutating func window(_ key: String, of example: String) throws(Failure) -> (height: Int, width: Int) {
    guard let text = try text(key, positional: true) else {
      throw failure("'\(key)' is due, such as in \(example)")
    }
    let sizes = text.split(separator: "x", omittingEmptySubsequences: false).map { Int($0) }
    let range = 1...1024
    guard sizes.count <= 2, let first = sizes[0], let last = sizes[sizes.count - 1], range.contains(first),
      range.contains(last), text == String(first) || text == "\(first)x\(last)"
    else { throw failure("\(key) '\(text)': a size such as 3, or two such as 3x5, from 1 to 1024 is due") }
    return (first, last)
  }
}
