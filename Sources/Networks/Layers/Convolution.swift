import Kernels
import Tensors

/// `conv:CHANNELS:KERNEL`: y[r, c] = bias + Σ W[k, l]·x[r·stride + k·dilation − pad, c·stride + l·dilation − pad] over the
/// kernel and the channels of a group (PyTorch's Conv2d), of images whose channels are last.
///
/// W [outputs, channels/groups, height, width] and b [outputs]. Outputs are summed up over the taps, or for 3×3 kernels
/// over full vectors of channels by Winograd's filtering, which rounds a little more (see `WinogradPlan.ways` for which).
///
/// The weights' gradient is a sum over the batch: of chunks
/// of rows, each with sums of its own that are put together in their order; of a large kernel, whose sums would take
/// more memory than images do, each part over the whole batch.
final class Convolution: ChunkedGradients {
  static let kind = LayerKind(
    "conv", arguments: "CHANNELS:KERNEL", keys: "stride=1 pad=valid dilation=1 groups=1 " + WeightOptions.keys,
    initializer: "glorot_uniform", summary: "convolution over images: kernels such as 3 or 3x5"
  ) { spec, input throws(Failure) in try Convolution(spec, input: input) }

  var spec: Spec
  let inputShape: [Int]
  let outputShape: [Int]
  let parameters: [Parameter]
  /// Where images are turned into other numbers before anything is written.
  var inputGradientIsInPlace: Bool { winograd != nil && hasChunks && inputCount == outputCount }
  let activityPenalty: ActivityPenalty?
  let shape: ConvolutionShape
  private let plan: ConvolutionPlan
  private let winograd: (forward: WinogradPlan, backward: WinogradPlan)?
  let weight: Parameter
  private let bias: Parameter?
  /// The convolution that a decoder on these weights works with, whose gradient of them is added to this one's.
  var tied: Convolution?
  /// The weights as `ConvolutionPlan.backward` takes them, part by part and group by group: panels of 16 channels.
  private var turned = AlignedBuffer<Float>(count: 0)
  /// The numbers of the weights and of the turned ones for Winograd's filtering.
  private var numbers = (forward: AlignedBuffer<Float>(count: 0), backward: AlignedBuffer<Float>(count: 0))
  /// The sums of the chunks: of the weights, and of the biases.
  private var sums: [(weight: AlignedBuffer<Float>, bias: AlignedBuffer<Float>)] = []

  init(_ spec: Spec, input: [Int]) throws(Failure) {
    var reader = SpecReader(spec)
    shape = try ConvolutionShape(&reader, spec: spec, input: input)
    let options = try WeightOptions(&reader)
    try reader.finish()
    guard shape.terms <= (1 << 31) / shape.outputs else {
      throw .usage("\(spec): \(shape.outputs) × \(shape.terms) weights are more than 2³¹")
    }
    self.spec = spec
    inputShape = input
    outputShape = [shape.outputHeight, shape.outputWidth, shape.outputs]
    plan = ConvolutionPlan(shape)
    winograd = WinogradPlan.ways(shape)
    let (groups, outputs, channels) = shape.kernelGroups
    weight = Parameter(
      "weight", shape: [shape.outputs, shape.channels / shape.groups, shape.kernelHeight, shape.kernelWidth],
      role: .weight,
      layout: .kernels(
        groups: groups, outputs: outputs, channels: channels, height: shape.kernelHeight, width: shape.kernelWidth))
    bias = options.hasBias ? Parameter("bias", shape: [shape.outputs], role: .bias) : nil
    parameters = [weight] + (bias.map { [$0] } ?? [])
    activityPenalty = options.activityPenalty
    options.apply(weight: weight, bias: bias)
  }

  /// The same convolution without bias and penalties: on the other's weights, or on weights of its own.
  init(like other: Convolution, sharesWeights: Bool) {
    (spec, inputShape, outputShape) = (other.spec, other.inputShape, other.outputShape)
    (shape, plan, winograd) = (other.shape, other.plan, other.winograd)
    weight =
      sharesWeights
      ? Parameter(sharing: other.weight)
      : Parameter("weight", shape: other.weight.shape, role: .weight, layout: other.weight.layout)
    (bias, parameters, activityPenalty) = (nil, [weight], nil)
  }

  var multiplyAdds: Int { outputCount * shape.terms }
  /// As in PyTorch, where the outputs of an input are not divided by the groups.
  var fans: (inputs: Int, outputs: Int) {
    (shape.terms, shape.outputs * shape.kernelHeight * shape.kernelWidth)
  }

  /// Tiles of whole images, of as many as are worked on at once and are worth a tile.
  private func tiles(_ pass: Pass, columns: Int, atOnce: Int?) -> TileGrid {
    TileGrid(rows: pass.rows, columns: columns, wholeRows: 200_000 / multiplyAdds, atOnce: atOnce ?? 1)
  }

  /// The weights are turned for either way.
  var beginsWithWork: Bool { true }

  // MARK: Forward

  func begin(_ pass: Pass) {
    guard let winograd else { return }
    if numbers.forward.count == 0 { numbers.forward = AlignedBuffer<Float>(count: winograd.forward.weightCount) }
    winograd.forward.turn(weight.values, to: numbers.forward)
  }

  func forwardTiles(_ pass: Pass) -> TileGrid {
    tiles(pass, columns: outputCount, atOnce: winograd?.forward.imagesAtOnce)
  }

  func forward(_ pass: Pass, x: Matrix, y: Matrix, tile: Tile) {
    if let winograd {
      return winograd.forward.run(x, tile.rows, numbers: numbers.forward, bias: bias?.values, to: y)
    }
    let (groups, outputs, channels) = shape.kernelGroups
    let panels = groupFloats / groups
    for row in tile.rows {
      let image = framed(x, row, plan.image)
      let out = y.pointer(atRow: row)
      if shape.isDepthwise {
        kernels.convolveChannels(
          plan.forward, x: image, w: weight.values.pointer, bias: bias?.values.pointer, channels: outputs, y: out)
      } else {
        for group in 0..<groups {
          kernels.convolve(
            plan.forward, x: image + group * channels, w: weight.values.pointer + group * panels,
            bias: bias.map { UnsafePointer($0.values.pointer + group * outputs) }, outputs: outputs,
            y: out + group * outputs)
        }
      }
    }
  }

  /// Floats of all weights, with their padding.
  private var groupFloats: Int { weight.layout.storedCount }

  /// A row's image with its frame of zeros, in the thread's own memory unless it needs none.
  private func framed(_ matrix: Matrix, _ row: Int, _ frame: PaddedImage) -> UnsafePointer<Float> {
    // Loads of a whole vector may begin at the last float.
    frame.framed(matrix.pointer(atRow: row), in: ThreadScratch.floats(frame.isBare ? 0 : frame.count + panelWidth))
  }

  // MARK: The gradient of the input

  func beginBackward(_ pass: Pass) {
    let (groups, outputs, channels) = shape.kernelGroups
    if turned.count == 0 {
      let channelPanels = shape.isDepthwise ? panelCount(outputs) : groups * panelCount(channels) * outputs
      turned = AlignedBuffer<Float>(count: channelPanels * panelWidth * shape.kernelHeight * shape.kernelWidth)
    }
    var out = turned.pointer
    for part in plan.backward {
      for group in 0..<groups {
        for p in 0..<panelCount(shape.isDepthwise ? outputs : channels) {
          for k in part.kernelRows {
            for l in part.kernelColumns {
              let tap = k * shape.kernelWidth + l
              if shape.isDepthwise {
                let taps = shape.kernelHeight * shape.kernelWidth
                out.update(from: weight.values.pointer + (p * taps + tap) * panelWidth, count: panelWidth)
                out += panelWidth
              } else {
                turn(group: group, panel: p, tap: tap, to: out)
                out += outputs * panelWidth
              }
            }
          }
        }
      }
    }
    guard let winograd else { return }
    if numbers.backward.count == 0 { numbers.backward = AlignedBuffer<Float>(count: winograd.backward.weightCount) }
    winograd.backward.turn(turned, to: numbers.backward)
  }

  /// The weights of a tap between all outputs of a group and 16 of its channels: [outputs, 16].
  private func turn(group: Int, panel: Int, tap: Int, to out: UnsafeMutablePointer<Float>) {
    let (groups, outputs, channels) = shape.kernelGroups
    let (inputs, first) = (shape.terms, panel * panelWidth)
    for p in 0..<panelCount(outputs) {
      let from = weight.values.pointer + (groupFloats / groups * group)
      kernels.transpose(
        from: from + (p * inputs + tap * channels + first) * panelWidth, ldFrom: panelWidth,
        rows: min(panelWidth, channels - first), columns: min(panelWidth, outputs - p * panelWidth),
        to: out + p * panelWidth * panelWidth, ldTo: panelWidth)
    }
  }

  func inputGradientTiles(_ pass: Pass) -> TileGrid {
    tiles(pass, columns: inputCount, atOnce: winograd?.backward.imagesAtOnce)
  }

  func inputGradient(_ pass: Pass, x: Matrix, y: Matrix, dy: Matrix, dx: Matrix, tile: Tile) {
    if let winograd { return winograd.backward.run(dy, tile.rows, numbers: numbers.backward, bias: nil, to: dx) }
    let (groups, outputs, channels) = shape.kernelGroups
    for row in tile.rows {
      let slopes = framed(dy, row, plan.slopes)
      let out = dx.pointer(atRow: row)
      var weights = UnsafePointer(turned.pointer)
      for part in plan.backward {
        if shape.isDepthwise {
          kernels.convolveChannels(
            part.grid, x: slopes + part.start, w: weights, bias: nil, channels: outputs, y: out + part.first)
          weights += panelCount(outputs) * panelWidth * part.grid.terms
          continue
        }
        for group in 0..<groups {
          kernels.convolve(
            part.grid, x: slopes + part.start + group * outputs, w: weights, bias: nil, outputs: channels,
            y: out + part.first + group * channels)
          weights += panelCount(channels) * panelWidth * part.grid.terms
        }
      }
    }
  }

  // MARK: The gradient of the parameters

  /// Whether chunks of rows have sums of their own.
  private var hasChunks: Bool { groupFloats <= 1 << 16 }

  /// The rows of a chunk of a batch: as few as give threads eight chunks to share, or of a large batch sixteen.
  private func chunkRows(_ rows: Int) -> Int { max((rows + 15) / 16, min(8, (rows + 7) / 8)) }

  func allocate(capacity: Int, index: Int) {
    guard hasChunks else { return }
    sums = (0..<min(capacity, 16)).map { _ in
      (AlignedBuffer<Float>(count: groupFloats), AlignedBuffer<Float>(count: panelCount(shape.outputs) * panelWidth))
    }
  }

  func parameterGradientTiles(_ pass: Pass) -> TileGrid {
    if hasChunks {
      return TileGrid(rows: pass.rows, columns: 1, tileRows: chunkRows(pass.rows), tileColumns: 1)
    }
    // A group, or two panels of the one group, at a time.
    let panels = panelCount(shape.kernelGroups.outputs)
    return TileGrid(
      rows: shape.kernelGroups.count, columns: panels * panelWidth, tileRows: 1,
      tileColumns: (shape.kernelGroups.count > 1 || shape.isDepthwise ? panels : 2) * panelWidth)
  }

  func parameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, tile: Tile, update: GradientUse) {
    if hasChunks {
      addParameterGradient(pass, x: x, dy: dy, chunk: tile.rows, rows: tile.rows)
    } else if let gradient = weight.gradient {
      let columns = tile.columns.lowerBound..<min(shape.kernelGroups.outputs, tile.columns.upperBound)
      clear(weight: gradient, bias: bias?.gradient, groups: tile.rows, columns: columns)
      addGradients(
        x, dy, rows: 0..<pass.rows, groups: tile.rows, columns: columns, weight: gradient, bias: bias?.gradient)
    }
  }

  var sumsUpChunks: Bool { hasChunks }

  func addParameterGradient(_ pass: Pass, x: Matrix, dy: Matrix, chunk: Range<Int>, rows: Range<Int>) {
    let (groups, outputs, _) = shape.kernelGroups
    let sums = sums[chunk.lowerBound / chunkRows(pass.rows)]
    if rows.lowerBound == chunk.lowerBound {
      clear(weight: sums.weight, bias: sums.bias, groups: 0..<groups, columns: 0..<outputs)
    }
    guard let winograd else {
      return addGradients(
        x, dy, rows: rows, groups: 0..<groups, columns: 0..<outputs, weight: sums.weight, bias: sums.bias)
    }
    let numbers = ThreadScratch.floats(winograd.forward.weightCount, for: .sums)
    winograd.forward.makeWeightGradient(x, dy, rows, adds: rows.lowerBound > chunk.lowerBound, in: numbers)
    if bias != nil { for row in rows { addBiasGradient(dy, row, group: 0, columns: 0..<outputs, to: sums.bias) } }
    if rows.upperBound == chunk.upperBound { winograd.forward.turnWeightGradient(numbers, to: sums.weight.pointer) }
  }

  private func clear(
    weight: AlignedBuffer<Float>, bias: AlignedBuffer<Float>?, groups: Range<Int>, columns: Range<Int>
  ) {
    let (groupCount, outputs, _) = shape.kernelGroups
    let (size, terms) = (groupFloats / groupCount, plan.forward.terms)
    for group in groups {
      (weight.pointer + group * size + columns.lowerBound * terms).update(
        repeating: 0, count: panelCount(columns.count) * panelWidth * terms)
      if let bias { (bias.pointer + group * outputs + columns.lowerBound).update(repeating: 0, count: columns.count) }
    }
  }

  /// Adds the biases' gradient of a row for some outputs of a group.
  private func addBiasGradient(
    _ dy: Matrix, _ row: Int, group: Int, columns: Range<Int>, to sum: AlignedBuffer<Float>
  ) {
    let first = group * shape.kernelGroups.outputs + columns.lowerBound
    kernels.biasGradient(
      dy: dy.pointer(atRow: row) + first, ldy: shape.outputs, rows: shape.outputHeight * shape.outputWidth,
      columns: 0..<columns.count, db: sum.pointer + first, scale: 1, beta: 1)
  }

  /// Adds the sums over some rows for some outputs of some groups.
  private func addGradients(
    _ x: Matrix, _ dy: Matrix, rows: Range<Int>, groups: Range<Int>, columns: Range<Int>, weight: AlignedBuffer<Float>,
    bias: AlignedBuffer<Float>?
  ) {
    let (groupCount, outputs, channels) = shape.kernelGroups
    let (size, first) = (groupFloats / groupCount, columns.lowerBound)
    let terms = plan.forward.terms
    for row in rows {
      let image = framed(x, row, plan.image)
      for group in groups {
        let slopes = UnsafePointer(dy.pointer(atRow: row)) + group * outputs + first
        if let bias { addBiasGradient(dy, row, group: group, columns: columns, to: bias) }
        let target = weight.pointer + group * size + first * terms
        if shape.isDepthwise {
          kernels.convolveChannelsWeightGradient(
            plan.forward, x: image, dy: slopes, channels: columns.count, dw: target)
        } else {
          kernels.convolveWeightGradient(
            plan.forward, x: image + group * channels, dy: slopes, outputs: columns.count, adds: true, dw: target)
        }
      }
    }
  }

  func finishParameterGradient(_ pass: Pass) {
    if hasChunks {
      for chunk in 0..<parameterGradientTiles(pass).count {
        if let gradient = weight.gradient { add(sums[chunk].weight, to: gradient, isFirst: chunk == 0) }
        if let gradient = bias?.gradient { add(sums[chunk].bias, to: gradient, isFirst: chunk == 0) }
      }
    }
    if let tied, let gradient = weight.gradient, let addition = tied.weight.gradient {
      tied.finishParameterGradient(pass)
      add(addition, to: gradient, isFirst: false)
    }
  }

  private func add(_ part: AlignedBuffer<Float>, to sum: AlignedBuffer<Float>, isFirst: Bool) {
    if isFirst {
      sum.pointer.update(from: part.pointer, count: sum.count)
    } else {
      kernels.sum(sum.pointer, part.pointer, count: sum.count, y: sum.pointer)
    }
  }

  // MARK: Reference

  func reference(_ x: [Double], values: [[Double]], _ pass: Pass) -> [Double] {
    let s = shape
    let (perGroup, outputsOfGroup) = (s.channels / s.groups, s.outputs / s.groups)
    var y = [Double](repeating: 0, count: pass.rows * outputCount)
    for row in 0..<pass.rows {
      for r in 0..<s.outputHeight {
        for c in 0..<s.outputWidth {
          for o in 0..<s.outputs {
            var sum = values.count > 1 ? values[1][o] : 0
            for k in 0..<s.kernelHeight {
              for l in 0..<s.kernelWidth {
                let (i, j) = (r * s.stride + k * s.dilation - s.top, c * s.stride + l * s.dilation - s.left)
                guard (0..<s.height).contains(i), (0..<s.width).contains(j) else { continue }
                for q in 0..<perGroup {
                  let channel = o / outputsOfGroup * perGroup + q
                  sum +=
                    values[0][((o * perGroup + q) * s.kernelHeight + k) * s.kernelWidth + l]
                    * x[row * inputCount + (i * s.width + j) * s.channels + channel]
                }
              }
            }
            y[row * outputCount + (r * s.outputWidth + c) * s.outputs + o] = sum
          }
        }
      }
    }
    return y
  }
}
