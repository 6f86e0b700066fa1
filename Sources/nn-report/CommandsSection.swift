import Networks
import Preparation
import Tensors
import Training

extension Page {
  /// The commands of the run: as they were given, or those that make the model again as far as it and its log tell.
  func commands() throws(Failure) -> HTML? {
    var html = HTML()
    if let commands = findings.commands {
      html.preformatted(commands)
      return html
    }
    guard let model = findings.model else { return nil }
    html.preformatted(try lines(model).joined(separator: "\n"))
    html.paragraph(
      "This is as much as the files tell. Seeds, batch size, the schedule of the rate, penalties, early stopping and which "
        + "epoch was kept, and what nn-split did are not in it: nn-report --commands shows the script of the run instead. The same files, options and seeds give the "
        + "same bytes.")
    return html
  }

  private func lines(_ model: Frame) throws(Failure) -> [String] {
    let architecture = try Network(frame: model).architecture
    var lines: [String] = []
    var data = "train.st"
    if let preparation = findings.preparation {
      let stages = preparation.text.split(separator: ";").map { "nn-prep \(Page.options(ofStage: $0))" }
      let rest = stages.dropFirst().map { " | \($0)" }
      lines.append("\(stages.first ?? "nn-prep") \(data)\(rest.joined()) -o prepared.st")
      data = "prepared.st"
    }
    let layers = architecture.text.split(separator: "\n").map { String($0).shellWord }
    lines.append("nn-init --input \(Shape.text(architecture.input)) \(layers.joined(separator: " ")) -o init.st")
    if let earlier = findings.earlierEpochs {
      lines.append("# init.st was trained for \(Numbers.text(earlier)) epochs here, of which there is no log.")
    }
    var train = "nn-train"
    if let loss = model.metadata[Metadata.loss] { train += " --loss \(loss.shellWord)" }
    if let optimizer = model.metadata["nn.optimizer"] { train += " --optimizer \(optimizer.shellWord)" }
    if findings.runs.count == 1, let run = findings.runs.first {
      train += " --epochs \(run.epochs.count)"
      // Of rates that move, the first need not be the one that was asked for.
      let rates = Set(run.curve("lr").map(\.value))
      if rates.count == 1, let rate = rates.first { train += " --lr \(Numbers.text(rate))" }
      if !run["valid_loss"].isEmpty { train += " --valid valid.st" }
    } else if let epochs = model.tensors["state.epoch"]?.integers?.first {
      train += " --epochs \(epochs)"
    }
    return lines + ["\(train) init.st \(data) -o model.st", "nn-predict model.st test.st -o p.st", "nn-eval p.st"]
  }

  /// The options of nn-prep for the words of a stage, such as "center scale pca:30".
  private static func options(ofStage words: Substring) -> String {
    words.split(separator: " ").map { word in
      let parts = word.split(separator: ":", maxSplits: 1)
      let takesValue = parts.count == 2 && parts[0] != "flatten"
      return "--" + parts[0] + (takesValue ? " " + parts[1] : "")
    }.joined(separator: " ")
  }
}
