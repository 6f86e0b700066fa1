import CommandLine
import Tensors

@main
enum Ensemble {
  static func main() {}
}
