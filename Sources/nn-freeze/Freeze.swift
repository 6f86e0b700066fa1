import CommandLine
import Tensors

@main
enum Freeze {
  static func main() {}
}
