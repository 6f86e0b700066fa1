import CommandLine
import Tensors

@main
enum Predict {
  static func main() {}
}
