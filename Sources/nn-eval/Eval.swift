import CommandLine
import Tensors

@main
enum Eval {
  static func main() {}
}
