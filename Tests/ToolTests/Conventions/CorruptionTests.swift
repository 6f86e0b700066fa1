import Testing

/// Whatever bytes come in, a tool leaves with status 3 and one line.
@Suite("Wrong input")
struct CorruptionConventions {
  @Test("every corruption is one line and status 3", arguments: StreamConventions.tools)
  func corruption(_ tool: String) throws {
    let entry = try #require(Invocation.all[tool])
    guard entry.stream != nil else { return }
    let directory = Prepared.copy()
    let drill = entry.wants == .text ? CorruptionConventions.texts : Corruption.all(for: entry.wants)
    for corruption in drill {
      let words = entry.words(streaming: true)
      let outcome = Command(
        script: "\(tool) \(words)", directory: directory.path, input: .bytes(corruption.bytes), seconds: 20
      ).run()
      #expect(outcome.status == 3, "\(corruption): \(outcome.errors)")
      #expect(!outcome.timedOut, "\(corruption) hangs")
      #expect(outcome.errorLines.count == 1, "\(corruption): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("\(tool): standard input"), "\(corruption): \(outcome.errors)")
      #expect(outcome.errors.utf8.count < 500, "\(corruption): \(outcome.errors.utf8.count) bytes")
      if !corruption.says.isEmpty {
        #expect(outcome.errors.contains(corruption.says), "\(corruption): \(outcome.errors)")
      }
    }
  }

  @Test("a corrupt file is told by its name", arguments: StreamConventions.tools)
  func corruptFile(_ tool: String) throws {
    let entry = try #require(Invocation.all[tool])
    guard let stream = entry.stream, entry.wants != .text else { return }
    let directory = Prepared.copy()
    for corruption in Corruption.all(for: entry.wants) {
      Files.write(corruption.bytes, to: directory.file(stream))
      let outcome = Command(script: "\(tool) \(entry.words())", directory: directory.path, seconds: 20).run()
      #expect(outcome.status == 3, "\(corruption): \(outcome.errors)")
      #expect(outcome.errorLines.count == 1, "\(corruption): \(outcome.errors)")
      #expect(outcome.errors.hasPrefix("\(tool): \(stream)"), "\(corruption): \(outcome.errors)")
    }
  }

  /// What is wrong for the tool that reads other formats.
  private static var texts: [Corruption] {
    [
      Corruption(name: "empty", bytes: [], says: "empty"),
      Corruption(name: "ragged rows", bytes: Array("a,digit\n1,2\n3\n".utf8)),
      Corruption(name: "words among numbers", bytes: Array("a,digit\n1,2\nx,3\n".utf8)),
      Corruption(name: "open quote", bytes: Array("a,digit\n\"1,2\n".utf8)),
      Corruption(name: "no rows", bytes: Array("a,digit\n".utf8)),
      Corruption(name: "not a number", bytes: Array("a,digit\nnan,1\n2,1\n".utf8)),
      Corruption(name: "gzip cut", bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3, 0x4b]),
      Corruption(
        name: "gzip corrupt", bytes: [0x1f, 0x8b, 8, 0, 0, 0, 0, 0, 0, 3] + .init(repeating: 0xee, count: 40)),
      Corruption(name: "noise", bytes: (0..<300).map { UInt8(truncatingIfNeeded: $0 &* 167 &+ 201) }),
      Corruption(name: "zeros", bytes: .init(repeating: 0, count: 1000)),
    ]
  }
}
