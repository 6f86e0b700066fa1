import Tensors
import Testing

@Suite("Predicted class")
struct PredictedClassTests {
  @Test func ofEqualOnesTheFirstIsTheLargest() {
    #expect([0.1, 0.4, 0.4, 0.1].numberOfLargest == 1)
    #expect([Float(2)].numberOfLargest == 0)
    #expect([-3.0, -1, -2][1...].numberOfLargest == 0)
    #expect([1.0, .nan, 2][...].numberOfLargest == 2)
  }

  @Test func oneNumberIsTheProbabilityOfClassOne() {
    #expect([0.5].predictedClass == 0)
    #expect([Float(0.5).nextUp].predictedClass == 1)
    #expect([0.3, 0.7].predictedClass == 1)
    #expect([0.9, 0.8, 0.1][1..<2].predictedClass == 1)
    #expect([0.5, 0.5].predictedClass == 0)
  }
}
