"""How is everybody in a warehouse or a large file scored and decided on?"""
