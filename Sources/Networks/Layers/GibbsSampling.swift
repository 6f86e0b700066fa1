import Kernels

/// What a restricted Boltzmann machine computes of rows.
extension BoltzmannMachine {
  /// h = σ(v·Wᵀ + b), rows of probabilities.
  func activateHidden(_ v: Matrix, _ h: Matrix, _ rows: Range<Int>) {
    addUpHidden(v, h, rows)
    activate(h, rows, units)
  }

  private func addUpHidden(_ v: Matrix, _ h: Matrix, _ rows: Range<Int>) {
    kernels.denseForward(
      x: v.pointer, ldx: v.ld, rows: rows, inputs: inputCount, w: weight.values.pointer,
      bias: hiddenBias?.values.pointer, panels: 0..<panelCount(units), y: h.pointer, ldy: h.ld, accumulate: false)
  }

  /// v = σ(h·W + c), or without σ for Gaussian units: the mean of the visible units.
  func reconstruct(_ h: Matrix, _ v: Matrix, _ rows: Range<Int>) {
    v.fill(Tile(rows: rows, columns: 0..<inputCount), with: visibleBias.values)
    kernels.denseInputGradient(
      dy: h.pointer, ldy: h.ld, rows: rows, outputs: units, w: weight.values.pointer, totalInputs: inputCount,
      inputs: 0..<inputCount, dx: v.pointer, ldx: v.ld, accumulate: true)
    if settings.visibleUnits == .bernoulli { activate(v, rows, inputCount) }
  }

  /// The logistic function of each value; the lanes behind the last, which gradients want so, are zero.
  private func activate(_ matrix: Matrix, _ rows: Range<Int>, _ columns: Int) {
    let first = matrix.pointer(atRow: rows.lowerBound)
    kernels.activationForward(
      .sigmoid, z: first, ldz: matrix.ld, y: first, ldy: matrix.ld, rows: rows.count, columns: columns)
    matrix.clearPadding(rows: rows)
  }

  /// Runs a chain of Gibbs steps for each row, from the row itself or from where its chain was: h ~ p(h | v), v ~ p(v | h).
  func runChains(_ pass: Pass, _ rows: Range<Int>) {
    if let chains {
      for row in rows {
        visible.pointer(atRow: row).update(from: chains.values.pointer + row * inputCount, count: inputCount)
      }
      activateHidden(visible, negative, rows)
    } else {
      negative.copyRows(rows, of: positive)
    }
    for step in 0..<settings.steps {
      let stream = RandomPurpose.gibbs + UInt32(2 * step)
      sample(negative, hidden, pass, stream, rows)
      reconstruct(hidden, visible, rows)
      sampleVisible(pass, stream + 1, rows)
      activateHidden(visible, negative, rows)
    }
    guard let chains else { return }
    for row in rows {
      (chains.values.pointer + row * inputCount).update(from: visible.pointer(atRow: row), count: inputCount)
    }
  }

  /// Makes each value 1 with the probability that stands in `p`, otherwise 0.
  private func sample(_ p: Matrix, _ states: Matrix, _ pass: Pass, _ stream: UInt32, _ rows: Range<Int>) {
    for row in rows {
      let (p, states) = (p.pointer(atRow: row), states.pointer(atRow: row))
      RandomRow(key: pass.seed, stream: (pass.step, stream), row: row).uniforms(units, into: states)
      for j in 0..<units { states[j] = states[j] < p[j] ? 1 : 0 }
    }
  }

  /// Samples the visible units, whose means stand in `visible`.
  private func sampleVisible(_ pass: Pass, _ stream: UInt32, _ rows: Range<Int>) {
    for row in rows {
      let (v, numbers) = (visible.pointer(atRow: row), scratch.pointer(atRow: row))
      let random = RandomRow(key: pass.seed, stream: (pass.step, stream), row: row)
      switch settings.visibleUnits {
      case .bernoulli:
        random.uniforms(inputCount, into: numbers)
        for i in 0..<inputCount { v[i] = numbers[i] < v[i] ? 1 : 0 }
      case .gaussian:
        random.normals(inputCount, into: numbers)
        for i in 0..<inputCount { v[i] += numbers[i] }
      }
    }
  }

  /// The free energy F(v) = −log Σ_h e^(−E(v, h)) of rows, −c·v − Σ_j log(1 + e^(W_j·v + b_j)) for visible units 0 or 1,
  /// ‖v − c‖²/2 − Σ_j … for Gaussian ones; into `energies` [rows]. Works in the memory of the machine's executor.
  public func freeEnergies(_ v: Matrix, rows: Range<Int>, into energies: UnsafeMutablePointer<Double>) {
    addUpHidden(v, negative, rows)
    let first = negative.pointer(atRow: rows.lowerBound)
    kernels.activationForward(
      .softplus, z: first, ldz: negative.ld, y: first, ldy: negative.ld, rows: rows.count, columns: units)
    for row in rows {
      var energy = 0.0
      for (v, c) in zip(v[row: row], UnsafeBufferPointer(start: visibleBias.values.pointer, count: inputCount)) {
        switch settings.visibleUnits {
        case .bernoulli: energy -= Double(c) * Double(v)
        case .gaussian: energy += (Double(v) - Double(c)) * (Double(v) - Double(c)) / 2
        }
      }
      for z in negative[row: row] { energy -= Double(z) }
      energies[row] = energy
    }
  }
}
