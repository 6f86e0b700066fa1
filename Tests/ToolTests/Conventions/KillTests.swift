import Glibc
import Networks
import Testing
import Training

/// nn-train, killed at random moments and started again, ends with the bytes of a run that nothing interrupted,
/// whatever the optimizer, schedule, regularisation, averaging and way of stopping.
@Suite("Kills")
struct KillTests {
  /// How many kills have to be survived; `make check-kill` asks for more.
  private static let kills = Places.environment("NN_KILLS").flatMap { Int($0) } ?? 12

  /// Options of a run: each list is gone through at its own pace, so that pairs meet.
  private static func options(_ i: Int) -> (layers: String, training: String) {
    let optimizers = OptimizerKind.names
    let schedules = CatalogueTests.all.filter { $0.noun == ScheduleKind.noun && $0.signature.name != "table" }
      .flatMap(\.forms)
    let layers = [
      "dropout:0.3 dense:32 relu", "bn dropconnect:32:0.2 prelu", "alphadropout:0.1 dense:32 selu", "dense:32 relu",
    ]
    let averages = ["", "--average ema:0.9", "--average swa:2"]
    let others = [
      "", "--mixup 0.2", "--early-stop patience=2 --keep best", "--clip-norm 1", "--keep best", "--proximal",
    ]
    let training = [
      "--optimizer \(optimizers[i % optimizers.count])", "--schedule \(schedules[i * 7 % schedules.count])",
      averages[i / 2 % averages.count], others[i / 3 % others.count], i % 5 == 0 ? "--weight-decay 0.01" : "",
    ]
    // Proximal steps are those of a penalty.
    let penalty = training.contains("--proximal") ? "--l1 1e-4 " : ""
    return ("\(penalty)dense:64 relu \(layers[i % layers.count])", training.joined(separator: " "))
  }

  @Test func everyKillIsSurvived() {
    let directory = Prepared.copy()
    var (survived, runs) = (0, 0)
    while survived < KillTests.kills {
      let (layers, training) = KillTests.options(runs)
      runs += 1
      let run = "nn-train -q -e 4 -b 16 --lr 0.002 \(training) --valid valid.st net.st train.st"
      let start = now()
      let whole = Command(
        script: "nn-init -q -i 64 \(layers) dense:10 -o net.st && \(run) -o whole.st", directory: directory.path
      ).run()
      let duration = now() - start
      #expect(whole.status == 0, "\(run): \(whole.errors)")
      let before = Files.names(in: directory.path)
      var status: Int32 = 0
      for attempt in 0...3 {
        // The last attempt is left alone.
        let outcome = Command(
          script: "exec \(run) --checkpoint c.st --every 3steps -o out.st", directory: directory.path,
          signal: attempt < 3 ? (SIGKILL, Double.random(in: 0...duration)) : nil
        ).run()
        status = outcome.status
        if status != 128 + SIGKILL { break }
        survived += 1
      }
      #expect(status == 0, "\(layers), \(run)")
      #expect(Files.bytes(directory.file("out.st")) == Files.bytes(directory.file("whole.st")), "\(layers), \(run)")
      for name in Files.names(in: directory.path) where !before.contains(name) {
        // A kill between link(2) and rename(2) leaves the hidden name.
        #expect(["c.st", "out.st"].contains(name) || name.hasPrefix(".nn-"), "\(name) is left by \(run)")
        Files.remove(directory.file(name))
      }
    }
    print("Kills: \(survived) in \(runs) runs, nothing lost")
  }
}
