import Tensors
import Testing

@testable import Search

struct SpaceTests {
  private func domain(_ text: String) throws(Failure) -> Domain { try Domain(parsing: text) }

  @Test func valuesAreRead() throws {
    #expect(try domain("64,128,256") == .choices(["64", "128", "256"]))
    #expect(try domain("adam") == .choices(["adam"]))
    #expect(try domain("../a,../b") == .choices(["../a", "../b"]))
    #expect(try domain(#"sgd\,nesterov,a\\b"#) == .choices(["sgd,nesterov", #"a\b"#]))
    #expect(try domain("1..8") == .integers(1...8, isLogarithmic: false))
    #expect(try domain("-3..3") == .integers(-3...3, isLogarithmic: false))
    #expect(try domain("0..0.5") == .reals(0...0.5, isLogarithmic: false))
    #expect(try domain("log:16..512") == .integers(16...512, isLogarithmic: true))
    #expect(try domain("log:1e-4..1e-1") == .reals(1e-4...1e-1, isLogarithmic: true))
    #expect(try domain("log:1e-4..1e-1/4") == .choices(["0.0001", "0.001", "0.01", "0.1"]))
    #expect(try domain("0..0.5/3") == .choices(["0", "0.25", "0.5"]))
    #expect(try domain("1..3/3") == .choices(["1", "2", "3"]))
    #expect(try domain("0.1..0.9/1") == .choices(["0.1"]))
  }

  @Test(arguments: [
    "", "1,,2", "1,1", "log:1,2", "5..1", "0.5..0.1", "log:0..1", "log:-1..1.0", "0..1e999", "0..1/0", "0..1/x", #"a\"#,
    "1..9007199254740992", "-9223372036854775808..1", "0..9223372036854775808", "1..3/9",
  ])
  func wrongValuesAreRefused(text: String) {
    #expect(throws: Failure.self) { try Domain(parsing: text) }
  }

  @Test(arguments: [
    "lr", "=1", "1a=2", "a-b=1", "id=1,2", "n=1", "epochs=3", "a=1,2 if", "a=1 if b", "b=1 if c>x", "a=1\n,2",
  ])
  func wrongParametersAreRefused(text: String) {
    #expect(throws: Failure.self) { try Space(["c=1,2", text]) }
  }

  @Test func conditionsComeAfterWhatTheyAskFor() throws {
    #expect(throws: Failure.self) { try Space(["a=1 if b>0", "b=1"]) }
    #expect(throws: Failure.self) { try Space(["a=1", "a=2"]) }
    #expect(throws: Failure.self) { try Space([]) }
    let space = try Space(["a=1,2", "b=5 if a>=2", "c=7 if b=5 and a != 1"])
    #expect(space.trial(at: [0, 0, 0]).values.map(\.name) == ["a"])
    #expect(space.trial(at: [0.5, 0, 0]).values.map(\.name) == ["a", "b", "c"])
  }

  @Test(arguments: [
    (">=", "128", true), (">=", "129", false), ("<=", "128", true), ("<", "128", false), (">", "127.5", true),
    ("=", "1.28e2", true), ("==", "64,128", true), ("!=", "64,128", false), ("!=", "64", true),
  ])
  func comparisons(sign: String, value: String, holds: Bool) throws {
    #expect(try Condition(parsing: "h \(sign) \(value)").holds(for: ["h": "128"]) == holds)
    #expect(try !Condition(parsing: "other\(sign)\(value)").holds(for: ["h": "128"]))
  }

  /// A thousandth of the unit interval apart, the places meet each value as often as its share says.
  @Test func placesAreEvenlySpread() throws {
    let places = (0..<1000).map { (Double($0) + 0.5) / 1000 }
    func counts(_ text: String) throws -> [String: Int] {
      let domain = try domain(text)
      return Dictionary(places.map { (domain.value(at: $0), 1) }) { $0 + $1 }
    }
    #expect(try counts("a,b,c,d,e") == ["a": 200, "b": 200, "c": 200, "d": 200, "e": 200])
    #expect(try counts("1..4") == ["1": 250, "2": 250, "3": 250, "4": 250])
    // ln 1.5 / 0.5, ln 2.5 / 1.5, ln 3.5 / 2.5, of ln 7.
    #expect(try counts("log:1..3") == ["1": 565, "2": 262, "3": 173])
    let reals = try domain("log:1e-4..1e-1")
    let values = places.compactMap { Double(reals.value(at: $0)) }
    #expect(values.count { $0 < 1e-3 } == 333 && values.count { $0 >= 1e-2 } == 333)
    #expect(reals.value(at: 0) == "0.0001")
    #expect(try domain("0.12344..0.2").value(at: 0.5e-9) == "0.12344")
    #expect(try domain("log:1e-4..1e-1").value(at: 0.5) == "0.003162")
    #expect(try domain("-1.0..1").value(at: 0.12345) == "-0.7531")
  }

  @Test func gridsAreWhole() throws {
    let space = try Space(["a=1..2", "b=x,y if a=2", "c=0..1.0/3"])
    let texts = try space.grid().map { trial in trial.values.map { "\($0.name)\($0.value)" }.joined(separator: " ") }
    #expect(
      texts == [
        "a1 c0", "a1 c0.5", "a1 c1", "a2 bx c0", "a2 bx c0.5", "a2 bx c1", "a2 by c0", "a2 by c0.5", "a2 by c1",
      ])
    #expect(try space.grid().map(\.number) == Array(1...9))
    #expect(throws: Failure.self) { try Space(["a=0..0.5"]).grid() }
    #expect(throws: Failure.self) { try Space(["a=1..9999", "b=1..9999"]).grid() }
  }

  @Test(arguments: [Method.random(40), .sobol(40)])
  func searchesAreReproducible(method: Method) throws {
    let texts = ["lr=log:1e-4..1e-1", "hidden=64,128,256", "l2=log:1e-6..1e-2", "drop=0..0.5 if hidden>=128"]
    let trials = try method.trials(of: Space(texts), seed: 1)
    #expect(trials.count == 40 && Set(trials.map(\.id)).count == 40)
    #expect(try method.trials(of: Space(texts), seed: 1) == trials)
    #expect(try method.trials(of: Space(texts), seed: 2) != trials)
    let longer: Method = method == .sobol(40) ? .sobol(60) : .random(60)
    #expect(try Array(longer.trials(of: Space(texts), seed: 1).prefix(40)) == trials)
    for trial in trials {
      #expect((trial["drop"] == nil) == (trial["hidden"] == "64"))
      #expect(trial["lr"].flatMap(Double.init).map { (1e-4...1e-1).contains($0) } == true)
    }
    // A parameter more at the end changes no other.
    let more = try method.trials(of: Space(texts + ["x=0..1.0"]), seed: 1)
    if case .random = method { #expect(zip(trials, more).allSatisfy { $0["lr"] == $1["lr"] }) }
  }

  @Test func aSmallSpaceEnds() throws {
    let trials = try Method.random(40).trials(of: Space(["a=1..3", "b=x,y"]), seed: 0)
    #expect(trials.count == 6)
  }

  @Test func idsAreOfNamesAndValues() {
    let one = Trial([("a", "1"), ("b", "2")])
    #expect(one.id == Trial([("b", "2"), ("a", "1")]).id)
    #expect(one.id != Trial([("a", "12"), ("b", "")]).id)
    #expect(one.id != Trial([("a", "2"), ("b", "1")]).id)
    #expect(one.id.count == 8)
  }
}
