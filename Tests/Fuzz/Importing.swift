@testable import Interchange
import Kernels
@testable import Tensors

let team = ThreadTeam(threads: 1)

/// What nn-import makes of one file; each frame keeps the rules of data.
func imported(_ file: OutsideFile, _ settings: ImportSettings = ImportSettings()) throws(Failure) -> [Frame] {
  var frames: [Frame] = []
  _ = try Importer.run(file, settings, team: team) { (frame) throws(Failure) in frames.append(frame) }
  for frame in frames {
    require(answers { () throws(Failure) in try frame.checkData() }, "breaks the rules of data")
    require(answers { () throws(Failure) in _ = try frame.labels() }, "a class that has no name")
  }
  return frames
}
