import CommandLine
import Tensors

@main
enum Prep {
  static func main() {}
}
