import CommandLine
import Tensors

@main
enum Split {
  static func main() {}
}
